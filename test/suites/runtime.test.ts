/** Everything that runs: the service, the parts of the rehearsal, commands and the examples of the docs, with real processes, sockets and files. */
import { testFiles } from './test-files';

const elsewhere = testFiles('rehearsal/cloudwatch', 'rehearsal/host', 'rehearsal/ssm');
for (const file of testFiles('service', 'rehearsal', 'docs', 'bin'))
  if (!elsewhere.includes(file)) require(file);
