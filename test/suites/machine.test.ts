/** What acts on a host: documents as real shell, the first boot, the supervisor, and a real systemd where there is one. */
import { testFiles } from './test-files';

for (const file of testFiles('host', 'rehearsal/host', 'rehearsal/ssm')) require(file);
