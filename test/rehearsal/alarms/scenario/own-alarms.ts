/** The alarms that this project deploys, from the rendered templates, and the files of their tests. */
import { join } from 'node:path';
import { type AlarmBook, readAlarmBook } from '../../../../rehearsal/alarms/scenario/alarm-book';
import { findTestFiles, openTestFile } from '../../../../rehearsal/alarms/scenario/open-tests';
import type { ReadTestFile } from '../../../../rehearsal/alarms/scenario/read';
import { openTemplates } from '../../../../rehearsal/alarms/template/open-templates';
import { readAlarmTemplates } from '../../../../rehearsal/alarms/template/read-alarm-templates';

const root = join(__dirname, '..', '..', '..', '..');
/** In the order of deployment. */
const stacks = ['observation', 'remediation', 'host'];

export function ownBook(): AlarmBook {
  const paths = stacks.map((stack) =>
    join(root, 'generated', 'cloudformation', `fraud-scorer-dev-${stack}.template.json`),
  );
  const { resources, place, refused } = readAlarmTemplates(openTemplates(paths), {
    parameters: {},
    resources: {},
  });
  return readAlarmBook(resources, place, refused);
}

export function ownFiles(): ReadTestFile[] {
  return findTestFiles([join(root, 'scenarios', 'alarms')]).map(openTestFile);
}
