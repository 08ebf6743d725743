/** Everything that is decided and rendered: architecture, config, catalog, stacks, incidents, alarm semantics. */
import { testFiles } from './test-files';

for (const file of testFiles('architecture.test.ts', 'lib', 'lambda', 'rehearsal/cloudwatch')) require(file);
