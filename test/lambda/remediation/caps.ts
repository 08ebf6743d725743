/** What must hold of all commands that were ever sent, whatever happened on the way. */
import assert from 'node:assert/strict';
import { lanes } from '../../../lambda/remediation/record';
import { minutes } from './fixtures';
import type { World } from './world';

const dayMs = 86_400_000;

export function checkCaps(
  world: World,
  given: { maxAttemptsPerIncident: number; maxActionsPerDay: number; cooldownMinutes: number },
): void {
  const incidentOf = (comment: string): string => comment.split('/')[0] ?? '';
  const laneOf = (comment: string): string | undefined => {
    const id = incidentOf(comment);
    const open = lanes.map((lane) => world.record.open[lane]).find((one) => one?.id === id);
    return (world.archive.get(id) ?? open)?.lane;
  };
  for (const command of world.commands) {
    const others = world.running(command.sentAt).filter((one) => one !== command);
    assert.deepEqual(others, [], 'two commands at once');
    // What was done for a ticket holds no page back.
    const lane = laneOf(command.request.comment);
    const counting = world.commands.filter(
      ({ request }) => lane !== 'page' || laneOf(request.comment) !== 'ticket',
    );
    const day = counting.filter((one) => one.sentAt <= command.sentAt && command.sentAt - one.sentAt < dayMs);
    assert.ok(day.length <= given.maxActionsPerDay, 'more than the daily cap');
    const incident = incidentOf(command.request.comment);
    const before = counting.filter(
      (one) => one.sentAt < command.sentAt && incidentOf(one.request.comment) !== incident,
    );
    for (const one of before)
      assert.ok(command.sentAt - one.sentAt >= minutes(given.cooldownMinutes), 'cooldown broken');
  }
  for (const { sentAt } of world.commands) {
    const under = world.deployments.find(
      (one) => one.from < sentAt && sentAt < Math.min(one.until, one.over),
    );
    assert.equal(under, undefined, 'acted while a release was being deployed');
  }
  const comments = world.commands.map((command) => command.request.comment);
  assert.equal(new Set(comments).size, comments.length, 'one action was sent twice');
  for (const incident of new Set(comments.map(incidentOf))) {
    const documents = world.commands
      .filter(({ request }) => incidentOf(request.comment) === incident)
      .map(({ request }) => request.document);
    const rollbacks = documents.filter((name) => name.endsWith('rollback-release'));
    assert.ok(rollbacks.length <= 1, 'rolled back twice in one incident');
    const attempts = comments.filter((comment) => incidentOf(comment) === incident).length;
    assert.ok(attempts <= given.maxAttemptsPerIncident, 'more than the attempts of one incident');
  }
}
