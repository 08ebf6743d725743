/** The seed of every property test that imports this, printed so that a failure can be repeated: FC_SEED=... */
import fc from 'fast-check';

export const seed = Number(process.env.FC_SEED ?? 20261121);

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
console.log(`property tests use the seed ${seed} (FC_SEED)`);
