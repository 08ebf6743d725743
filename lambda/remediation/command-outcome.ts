/** What the answers of all hosts together say about one command. */
import type { CommandOutcome, EndStatus } from './record';

/** The fields of a command invocation that matter here, as ListCommandInvocations spells them. */
export interface HostAnswer {
  readonly Status?: string | undefined;
  readonly CommandPlugins?:
    | readonly {
        readonly ResponseCode?: number | undefined;
        readonly Output?: string | undefined;
        readonly ResponseFinishDateTime?: Date | undefined;
      }[]
    | undefined;
}

const ends: readonly EndStatus[] = ['Success', 'Failed', 'TimedOut', 'Cancelled'];
/** Enough for the last lines that a mail shows. */
const outputLength = 1_500;

/** One outcome for all hosts, the worst one told; null while any of them is not done. */
export function outcomeOf(answers: readonly HostAnswer[]): CommandOutcome | null {
  if (answers.length === 0) return { status: 'NoHost', exitCode: null, output: '', endedAt: null };
  const statuses = answers.map((one) => ends.find((end) => end === one.Status));
  if (statuses.includes(undefined)) return null;
  const index = Math.max(
    0,
    statuses.findIndex((status) => status !== 'Success'),
  );
  const plugins = answers[index]?.CommandPlugins ?? [];
  const telling = plugins.findLast((plugin) => (plugin.ResponseCode ?? 0) > 0) ?? plugins.at(-1);
  const code = telling?.ResponseCode;
  const times = plugins.map((plugin) => plugin.ResponseFinishDateTime?.getTime() ?? 0);
  const output = plugins.map((plugin) => plugin.Output ?? '').join('\n');
  return {
    status: statuses[index] ?? 'Failed',
    exitCode: code === undefined || code < 0 ? null : code,
    output: output.slice(-outputLength),
    endedAt: Math.max(0, ...times) || null,
  };
}
