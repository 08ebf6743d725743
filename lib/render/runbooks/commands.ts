/** The commands of a runbook page: real names, ready to paste, each prints what a person has to read. */
import type { AlarmKey } from '../../catalog/alarms';
import { documents } from '../../catalog/documents';
import { hostLayout, logGroups } from '../../catalog/host';
import { scopeName } from '../../catalog/names';
import { type RemedyKey, remedies, rungsOf } from '../../catalog/remedies';
import type { ResolvedAlarm } from '../../catalog/resolve';
import type { Config } from '../../config/config';

type Titled = readonly [title: string, command: string];

/** Pages whose prose asks a person for a remedy that the alarm itself has not. */
const byHand: Partial<Record<AlarmKey, RemedyKey>> = {
  memoryHigh: 'restartService',
  accuracyLow: 'rollbackRelease',
};

/** The page's commands as Markdown. */
export function renderCommands(alarm: ResolvedAlarm, config: Config): string {
  const region: Titled = [
    'Once in each terminal',
    `export AWS_REGION=${config.env?.region ?? 'eu-west-1  # yours'}`,
  ];
  const state: Titled = [
    'State of the alarm',
    `aws cloudwatch describe-alarms --alarm-names ${alarm.name} --query 'MetricAlarms[].[StateValue,StateReason]' --output text`,
  ];
  return [region, state, ...special(alarm.key, config), ...restart(alarm, config)]
    .map(([title, command]) => `${title}:\n\n\`\`\`sh\n${command}\n\`\`\`\n`)
    .join('\n');
}

function special(key: AlarmKey, config: Config): readonly Titled[] {
  const scope = scopeName(config);
  const { unit, logDirectory, switchesFile } = hostLayout(config.service);
  const groups = logGroups(scope);
  const queue = `aws sqs list-queues --queue-name-prefix ${scope}-remediation --query 'QueueUrls[0]' --output text`;
  const health: Titled = [
    'Which model and release are loaded',
    onHost(scope, `curl -sS --max-time 5 localhost:${config.host.port}/health`),
  ];
  // This way of asking shows the first 2500 characters: the verdict and the worst features, and not what stands behind.
  const askDrift = `curl -sS --max-time 5 localhost:${config.host.port}/drift`;
  const drift: Titled = ['What has drifted, worst first', onHost(scope, askDrift)];
  const accuracy: Titled = ['Which class is missed', onHost(scope, `${askDrift} | grep -o 'accuracy.:.*'`)];
  const byAlarm: Partial<Record<AlarmKey, readonly Titled[]>> = {
    errorRateHigh: [
      ['Last errors of the last 15 minutes', lastEvents(groups.service, '{ $.level = "error" }')],
    ],
    latencyP95High: [
      ['Last warnings of the last 15 minutes', lastEvents(groups.service, '{ $.level = "warn" }')],
    ],
    serviceDown: [
      [
        'Does it answer itself',
        onHost(scope, `curl -sS --max-time 2 localhost:${config.host.port}/health/self`),
      ],
      ['Every check', onHost(scope, `curl -sS --max-time 5 localhost:${config.host.port}/health/deep`)],
      [
        'State and last lines',
        onHost(scope, `systemctl status ${unit}; journalctl --unit ${unit} --lines 30 --no-pager`),
      ],
      ['Restart the agent', onHost(scope, 'systemctl restart amazon-cloudwatch-agent')],
    ],
    confidenceLow: [health],
    driftDetected: [drift, health],
    accuracyLow: [accuracy, health],
    degradedMode: [
      [
        'Switched by hand?',
        onHost(scope, `cat ${switchesFile.replace(/\.json$/, '.override.json')} 2>&1 || true`),
      ],
      ['Reasons of the last 15 minutes', lastEvents(groups.service, '{ $.degraded = * }')],
      [
        'Leave it to itself again',
        onTarget(
          scope,
          `--document-name ${scope}-${documents.serveFromCache.name} --parameters Degraded=auto`,
        ),
      ],
    ],
    memoryHigh: [['Who uses it', onHost(scope, 'ps -eo rss,comm --sort=-rss | head -15')]],
    diskFull: [
      ['What uses it', onHost(scope, 'du -xh --max-depth=2 /var/log /opt/vigia | sort -h | tail -20')],
    ],
    telemetryLost: [
      [
        'What it complains of',
        onHost(
          scope,
          `journalctl --unit ${unit} --since -1h --no-pager | grep 'cannot be written' | tail -5`,
        ),
      ],
      ['Which file', onHost(scope, `curl -sS localhost:${config.host.port}/metrics | grep ^vigia_telemetry`)],
      ['Space and owners', onHost(scope, `df -h ${logDirectory}; ls -la ${logDirectory}`)],
    ],
    remediationErrors: [['Last errors of the last 15 minutes', lastEvents(groups.remediation, 'ERROR')]],
    remediationDeadLetters: [
      [
        'Its messages',
        `aws sqs receive-message --message-attribute-names All --max-number-of-messages 10 --queue-url "$(${queue})"`,
      ],
      ['Purge it, once understood', `aws sqs purge-queue --queue-url "$(${queue})"`],
    ],
    remediationSilent: [
      [
        'The schedule',
        `aws events list-rules --name-prefix ${scope}-remediation --query 'Rules[].[Name,State]' --output text`,
      ],
      [
        'The function',
        `aws lambda get-function-configuration --function-name ${scope}-remediation --query '[State,LastUpdateStatus]' --output text`,
      ],
    ],
  };
  return byAlarm[key] ?? [];
}

function restart({ key, remedy }: ResolvedAlarm, config: Config): readonly Titled[] {
  const cure = remedy ?? byHand[key];
  if (cure === undefined) return [];
  const scope = scopeName(config);
  const given: Readonly<Record<RemedyKey, string>> = {
    restartService: ` --parameters Unit=${hostLayout(config.service).unit}`,
    rollbackRelease: '',
    freeDisk: '',
  };
  return rungsOf(cure).map((rung) => [
    remedies[rung].action,
    onTarget(scope, `--document-name ${scope}-${remedies[rung].document}${given[rung]}`),
  ]);
}

/** The newest twenty; without a start the oldest that are kept would come first. */
function lastEvents(group: string, pattern: string): string {
  return `aws logs filter-log-events --log-group-name ${group} --filter-pattern '${pattern}' --start-time $(( ($(date +%s) - 900) * 1000 )) --query 'events[-20:].message' --output json`;
}

/** The shell is JSON inside single quotes of the shell that it is pasted into: both must survive. */
const onHost = (scope: string, shell: string): string =>
  onTarget(
    scope,
    `--document-name AWS-RunShellScript --parameters 'commands=[${JSON.stringify(shell).replaceAll("'", "'\\''")}]'`,
  );

/** The host is found by its tag, because its id changes; then waits a moment and prints what the command printed. */
function onTarget(scope: string, what: string): string {
  return [
    `ID=$(aws ssm send-command --targets Key=tag:VigiaHost,Values=${scope} ${what} --query Command.CommandId --output text)`,
    `sleep 8; aws ssm list-command-invocations --details --command-id "$ID" --query 'CommandInvocations[].[Status,CommandPlugins[].Output]' --output text`,
  ].join('\n');
}
