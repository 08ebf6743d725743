/** Programs of the host that this machine has not, or must not run: what each does instead in the sandbox. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Resource } from '../resources';
import type { Sandbox } from './sandbox';

interface StandIn {
  /** For people: what the sandbox does in the place of the program. */
  readonly does: string;
  /** Its body as shell; `$host` is the sandbox's own directory of run files. */
  readonly shell: string;
}

const nothing = (does: string): StandIn => ({ does, shell: 'exit 0' });

/** First in the sandbox's path, so that the host's scripts find these. */
export const standIns: Readonly<Record<string, StandIn>> = {
  dnf: {
    does: 'installs nothing: the programs of this machine stand in for the packages',
    shell: 'echo "dnf $*: not run here"',
  },
  rpm: { does: 'names no versions', shell: 'echo "rpm $*: not run here"' },
  getent: {
    does: 'knows the users that useradd was asked for',
    shell: 'grep -qx "$2" "$host/users" 2>/dev/null || exit 2; echo "$2"',
  },
  useradd: {
    does: 'notes the name: everything runs as the person who rehearses',
    shell: 'for name; do :; done; echo "$name" >>"$host/users"',
  },
  usermod: nothing('changes no group: everything runs as the person who rehearses'),
  chown: nothing('changes no owner: everything runs as the person who rehearses'),
  chronyc: {
    does: "takes this machine's clock as it is: in step with itself",
    shell: `case " $* " in *" tracking "*) echo '7F7F0101,127.127.1.1,1,0.0,${Array(8).fill('0.0').join(',')},16.0,Normal' ;; esac`,
  },
  'systemd-analyze': nothing('leaves the check of the unit to the tests and the real host'),
  aws: {
    does: "answers ssm get-parameter from the assembly's parameters, copies objects of S3 from the rehearsal's endpoint, and nothing else",
    shell: [
      'name=',
      'if [ "$1 $2" != "ssm get-parameter" ]; then',
      '  if [ -x "$host/aws-objects" ]; then exec "$host/aws-objects" "$@"; fi',
      '  echo "aws $*: not rehearsed" >&2; exit 252',
      'fi',
      'while [ $# -gt 0 ]; do if [ "$1" = --name ]; then name=$2; fi; shift; done',
      'cat "$host/parameters/$(printf %s "$name" | tr / _)" 2>/dev/null && echo && exit 0',
      'echo "ParameterNotFound: $name" >&2; exit 254',
    ].join('\n'),
  },
};

/** Writes the programs into the sandbox's bin, and what they answer from beside its sockets. */
export function placeStandIns(sandbox: Sandbox, resources: readonly Resource[]): void {
  const parameters = join(sandbox.run, 'parameters');
  mkdirSync(parameters, { recursive: true });
  for (const { type, id, properties } of resources) {
    if (type === 'AWS::SSM::Parameter')
      writeFileSync(join(parameters, id.replaceAll('/', '_')), String(properties.Value));
  }
  for (const [name, { shell }] of Object.entries(standIns)) {
    program(sandbox, name, `host='${sandbox.run}'\n${shell}`);
  }
  // The host's Node, by the distribution's name for it, is the one that rehearses.
  program(sandbox, 'node-24', `exec '${process.execPath}' "$@"`);
}

/** An executable file of shell in the sandbox's bin. */
export function program(sandbox: Sandbox, name: string, shell: string): void {
  const file = join(sandbox.bin, name);
  writeFileSync(file, `#!/bin/sh\n${shell}\n`);
  chmodSync(file, 0o755);
}
