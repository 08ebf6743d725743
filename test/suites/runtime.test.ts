/** Everything that runs: the service and the parts of the rehearsal, with real processes, sockets and files. */
import { testFiles } from './test-files';

const decided = testFiles('rehearsal/cloudwatch');
for (const file of testFiles('service', 'rehearsal')) if (!decided.includes(file)) require(file);
