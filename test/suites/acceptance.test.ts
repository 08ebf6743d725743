/** Whole rehearsals in real time: those that must succeed and those that must fail. */
import { testFiles } from './test-files';

for (const file of testFiles('acceptance')) require(file);
