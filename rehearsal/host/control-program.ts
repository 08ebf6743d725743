/** The program behind the sandbox's systemctl and journalctl: passes its arguments to the supervisor, prints the answer. */
import { request } from 'node:http';
import type { ControlAnswer } from './control';

const [socketPath = '', ...args] = process.argv.slice(2);

const call = request({ socketPath, method: 'POST', path: '/' }, (response) => {
  let body = '';
  response.setEncoding('utf8').on('data', (text: string) => {
    body += text;
  });
  response.on('end', () => {
    const answer = JSON.parse(body) as ControlAnswer;
    if (answer.output !== '') process.stdout.write(`${answer.output}\n`);
    if (answer.errorOutput !== '') process.stderr.write(`${answer.errorOutput}\n`);
    process.exitCode = answer.exitCode;
  });
});
call.on('error', (error) => {
  process.stderr.write(`Failed to connect to the supervisor: ${error.message}\n`);
  process.exitCode = 1;
});
call.end(JSON.stringify(args));
