/**
 * The facts that come with the program, one object per target and set of user facts. Loading costs nothing until the
 * first question; it reads no file: the tables are part of the bundle.
 */
import { bundledTables } from './data/tables.generated.ts';
import { createDdiFacts, type FactsOptions } from './createFacts.ts';
import type { DdiFacts } from './ddiFacts.ts';

/** The bundled facts for a target, with the workspace's own rows laid over them. */
export function loadFacts(options: FactsOptions = {}): DdiFacts {
  return createDdiFacts(bundledTables, options);
}
