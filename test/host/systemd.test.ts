/** The host as it is shipped under a real systemd: first boot, crash, hang, restart by document, configuration, rotation. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadConfig } from '../../bin/load-config';
import { synthesise } from '../../bin/synthesise';
import { renderAgentConfig } from '../../lib/render/agent/agent-config';
import { hostFiles } from '../../lib/render/cloudformation/host-files';
import { readAssembly } from '../../rehearsal/assembly';
import { resolveResources } from '../../rehearsal/intrinsics';
import { type Resource, rehearsalPlace } from '../../rehearsal/resources';
import { bindParameters, planSteps, readDocument, stepEnvironment } from '../../rehearsal/ssm/document';
import { eventually } from '../rehearsal/eventually';
import { baseRoot } from './base-root';
import { type BootedHost, bootHost, type Ran } from './booted-host';

const base = baseRoot();
// Said where it is seen: elsewhere the rehearsal's supervisor stands in for systemd.
const skip =
  'missing' in base ? `no real systemd here (${base.missing}); the supervisor's tests stand in` : false;

const config = loadConfig(undefined);
const { service } = config;
const unit = `vigia-${service}.service`;
const logs = `/var/log/vigia-${service}`;
const scripts = `/opt/vigia/${service}/host`;

describe('the host under a real systemd', { skip }, () => {
  const work = mkdtempSync(join(tmpdir(), 'vigia-systemd-test-'));
  let host: BootedHost;
  let resources: readonly Resource[];
  const boot: (Ran & { readonly name: string })[] = [];
  before(async () => {
    const assembly = readAssembly(await synthesise(config, join(work, 'cdk.out')));
    resources = resolveResources(assembly, rehearsalPlace);
    host = await bootHost('root' in base ? base.root : '', assembly, resources);
  });
  after(async () => {
    await host?.stop();
    rmSync(work, { recursive: true, force: true });
  });

  const sh = async (script: string): Promise<string> => {
    const { code, output } = await host.run(script);
    assert.equal(code, 0, `${script}\n${output}`);
    return output.trim();
  };
  const show = async (property: string): Promise<string> =>
    (await sh(`systemctl show ${unit} --property=${property}`)).replace(/^\w+=/, '');
  /** What a document does on a host, step by step, as the agent would run it. */
  const runDocument = async (name: string, given: Record<string, string[]>): Promise<Ran> => {
    const resource = resources.find(
      ({ type, id }) => type === 'AWS::SSM::Document' && id.endsWith(`-${name}`),
    );
    const document = readDocument(name, resource?.properties.Content);
    const values = bindParameters(document, given);
    const command = { commandId: 'c', instanceId: 'i', region: 'us-east-1' };
    let output = '';
    for (const step of planSteps(document, values)) {
      const ran = await host.run(step.runCommand.join('\n'), stepEnvironment(document, values, command));
      output += ran.output;
      if (ran.code !== 0) return { code: ran.code, output };
    }
    return { code: 0, output };
  };
  const ready = (): Promise<string> =>
    sh(
      `node-24 -e 'fetch("http://127.0.0.1:${config.host.port}/health/ready").then((answer) => console.log(answer.status))'`,
    );
  /** One prediction through the model of the release, each feature at the least that it may be. */
  const predict = (): Promise<string> =>
    sh(
      `node-24 -e 'const { features } = require("/opt/vigia/${service}/current/model/model.json");
        const row = Object.fromEntries(features.map(({ name, min = 1 }) => [name, min]));
        fetch("http://127.0.0.1:${config.host.port}/predict", { method: "POST", headers: { "content-type": "application/json" },
          body: JSON.stringify({ instances: [row] }) }).then(async (answer) => console.log(answer.status, await answer.text()))'`,
    );

  it('boots by the commands of the template, one after the other', async () => {
    for (const { name, command, cwd } of host.commands) {
      const ran = await host.run(`cd ${cwd} && ${command}`);
      boot.push({ name, ...ran });
      assert.equal(ran.code, 0, `${name}\n${ran.output}`);
    }
    assert.equal(boot.length, 7);
    assert.equal(await show('ActiveState'), 'active');
    for (const timer of ['rotate', 'updates'])
      assert.equal(await sh(`systemctl is-active vigia-${service}-${timer}.timer`), 'active');
    assert.deepEqual(host.calls('dnf'), ['install -y nodejs24 amazon-cloudwatch-agent']);
    assert.match(
      host.calls('amazon-cloudwatch-agent-ctl')[0] ?? '',
      /^-a fetch-config -m ec2 -s -c file:\/etc\/vigia\//,
    );
    assert.equal(await ready(), '200');
    assert.match(await predict(), /^200 .*"predictions":\[\{/);
  });

  it('runs the service as its own user, confined, with the agent reading its logs', async () => {
    const pid = await show('MainPID');
    assert.equal(await sh(`ps -o user= -p ${pid}`), 'vigia');
    assert.match(await sh(`cat /proc/${pid}/status`), /NoNewPrivs:\s+1[\s\S]*Seccomp:\s+2/);
    assert.match(await sh('id cwagent'), /\(vigia\)/);
    // The first window of metrics is written when it is over.
    await eventually(
      'the agent can read the metrics',
      async () =>
        (
          await host.run(
            `setpriv --reuid cwagent --regid cwagent --init-groups head -c 1 ${logs}/metrics.emf`,
          )
        ).code === 0,
      20_000,
    );
    const denied = await host.run(
      `setpriv --reuid vigia --regid vigia --clear-groups sh -c 'echo x >/opt/vigia/${service}/current/server.js'`,
    );
    assert.notEqual(denied.code, 0);
  });

  it('changes nothing when every step is run again', async () => {
    const pid = await show('MainPID');
    for (const { name, command, cwd } of host.commands) {
      const ran = await host.run(`cd ${cwd} && ${command}`);
      assert.equal(ran.code, 0, `${name}\n${ran.output}`);
    }
    assert.equal(await show('MainPID'), pid);
  });

  it('says in one line which step failed, and why, to the log and to the stack', async () => {
    const signal = '--region eu-west-1 --stack fraud --resource Host1';
    await sh(
      `mkdir -p /var/lib/cloud/instance && echo '  /opt/aws/bin/cfn-signal -e $? ${signal}' >/var/lib/cloud/instance/user-data.txt && rm /var/lib/vigia/${service}/booted`,
    );
    host.put('exit-dnf', '7');
    const { code, output } = await host.run(`cd ${scripts} && sh bootstrap.sh packages`);
    host.put('exit-dnf', '0');
    await sh(`cd ${scripts} && sh bootstrap.sh verify`);
    assert.match(
      host.calls('cfn-signal').join('\n'),
      new RegExp(`^-e 1 -r first boot, packages: failed with 7, got .* ${signal}$`),
    );
    assert.equal(code, 7);
    assert.match(
      output,
      /^first boot, packages: failed with 7, got '.*', expected it to end well; see \/var\/log\/.*$/m,
    );
  });

  it('restarts a service that was killed', async () => {
    const pid = await show('MainPID');
    await sh(`kill -KILL ${pid}`);
    await eventually('another process', async () => {
      const now = await show('MainPID');
      return now !== pid && now !== '0' && (await show('ActiveState')) === 'active';
    });
    assert.equal(await show('NRestarts'), '1');
  });

  it('restarts by its document, which ends when the service is ready', async () => {
    const pid = await show('MainPID');
    const { code, output } = await runDocument('restart-service', { Unit: [unit] });
    assert.equal(code, 0, output);
    assert.notEqual(await show('MainPID'), pid);
    assert.equal(await ready(), '200');
  });

  it('kills and restarts a service that gives no sign of life', async () => {
    await sh(
      `mkdir -p /run/systemd/system/${unit}.d && printf '[Service]\\nWatchdogSec=4\\n' >/run/systemd/system/${unit}.d/fast.conf` +
        ` && systemctl daemon-reload && systemctl reset-failed ${unit} && systemctl restart ${unit}`,
    );
    const pid = await show('MainPID');
    // Longer than the watchdog waits: it is the beats that keep the service alive.
    await new Promise((resolve) => setTimeout(resolve, 5500));
    assert.equal(await show('MainPID'), pid);
    await sh(`kill -STOP ${pid}`);
    await eventually(
      'the watchdog has restarted it',
      async () => {
        const now = await show('MainPID');
        return now !== pid && now !== '0' && (await show('ActiveState')) === 'active';
      },
      30_000,
    );
    assert.match(await sh(`journalctl --unit ${unit} --no-pager --output cat`), /Watchdog timeout/);
    await sh(`rm -r /run/systemd/system/${unit}.d && systemctl daemon-reload && systemctl restart ${unit}`);
  });

  const applied = async (change: Parameters<typeof hostFiles>[0]): Promise<Ran> => {
    const { revision, contents } = hostFiles(change, renderAgentConfig(change));
    const path = `/vigia/${service}-${config.stage}/host`;
    for (const [name, value] of Object.entries(contents)) host.put(`${path}/${revision}/${name}`, value);
    host.put(`${path}/revision`, revision);
    return runDocument('apply-configuration', { Revision: [revision] });
  };

  it('takes other switches without a restart', async () => {
    const pid = await show('MainPID');
    const { code, output } = await applied({ ...config, switches: { ...config.switches, logShare: 1 } });
    assert.equal(code, 0, output);
    assert.match(output, /reloaded/);
    assert.equal(await show('MainPID'), pid);
    assert.match(await sh(`cat /etc/vigia/${service}.switches.json`), /"logShare":1/);
    assert.match((await runDocument('apply-configuration', {})).output, /nothing to change/);
  });

  it('takes another environment by a restart that ends ready', async () => {
    const pid = await show('MainPID');
    const { code, output } = await applied({
      ...config,
      model: { ...config.model, lowConfidenceBelow: 0.7 },
    });
    assert.equal(code, 0, output);
    assert.match(output, /restarted and is ready/);
    assert.notEqual(await show('MainPID'), pid);
  });

  it('puts the earlier files back when the service does not become ready with new ones', async () => {
    const before = await sh(`cat /etc/vigia/${service}.env`);
    const { code, output } = await applied({ ...config, model: { ...config.model, lowConfidenceBelow: 7 } });
    assert.equal(code, 1);
    assert.match(output, /the earlier files are back and work/);
    assert.equal(await sh(`cat /etc/vigia/${service}.env`), before);
    assert.equal(await show('ActiveState'), 'active');
  });

  it('switches unattended updates on and off, and takes security updates from beyond the lock', async () => {
    const off = await applied({ ...config, host: { ...config.host, updates: 'off' } });
    assert.equal(off.code, 0, off.output);
    const timer = `vigia-${service}-updates.timer`;
    assert.equal((await host.run(`systemctl is-enabled ${timer}`)).output.trim(), 'disabled');
    const on = await applied(config);
    assert.equal(on.code, 0, on.output);
    assert.equal(await sh(`systemctl is-enabled ${timer}`), 'enabled');
    const pid = await show('MainPID');
    await sh(`systemctl start vigia-${service}-updates.service`);
    assert.ok(host.calls('dnf').includes('upgrade -y --security --releasever=latest'));
    // Nothing that the service runs on is new.
    assert.equal(await show('MainPID'), pid);
  });

  it('rotates a log only when the agent has shipped it, and then without stopping the service', async () => {
    const pid = await show('MainPID');
    const record = `/opt/aws/amazon-cloudwatch-agent/logs/state/_var_log_vigia-${service}_service.log`;
    await sh(`truncate --size 105M ${logs}/service.log && mkdir -p $(dirname ${record})`);
    const held = await host.run(`systemctl start vigia-${service}-rotate.service`);
    assert.notEqual(held.code, 0);
    assert.match(
      await sh(`journalctl --unit vigia-${service}-rotate.service --no-pager --output cat`),
      /service\.log stays, the agent has shipped 0 of its \d+ bytes/,
    );
    await sh(
      `printf '%s\\n%s\\n0-%s' $(stat -c '%s x %s' ${logs}/service.log) | sed '2s,.*,${logs}/service.log,' >${record}`,
    );
    await sh(
      `systemctl start vigia-${service}-rotate.service || { journalctl --unit vigia-${service}-rotate.service --no-pager --output cat; false; }`,
    );
    assert.ok(Number(await sh(`stat -c %s ${logs}/service.log.1`)) >= 105 * 1024 * 1024);
    assert.ok(Number(await sh(`stat -c %s ${logs}/service.log`)) < 1024 * 1024);
    assert.equal(await show('MainPID'), pid);
    // The agent goes on, whatever happened between.
    assert.match(
      await sh('ps -o state= -p $(systemctl show amazon-cloudwatch-agent --property=MainPID --value)'),
      /^S/,
    );
  });
});
