/**
 * Program model and inference behind one function: changed texts in, a snapshot out. What did not change is taken over from
 * the snapshot before.
 */
import { analyzeProgram } from '../analysis/analyze.ts';
import type { ProgramAnalysis } from '../analysis/facts.ts';
import { createWorkspaceHost } from '../analysis/program/workspaceHost.ts';
import type { DdiFacts } from '../ddi/ddiFacts.ts';
import { loadFacts } from '../ddi/loadFacts.ts';
import type { Snapshot } from '../features/snapshot.ts';
import type { FactsFile } from '../protocol/factsFormat.ts';
import type { WorldConfiguration } from './world.ts';

/** A changed file; without text it is gone. */
export interface TextUpdate {
  readonly path: string;
  readonly text: string | undefined;
}

export interface HostedPrograms {
  readonly update: (changes: readonly TextUpdate[]) => Snapshot;
}

/** An empty program under a configuration. */
export function createProgramHost(world: WorldConfiguration): HostedPrograms {
  const host = createWorkspaceHost({ settings: world.analysis, ddi: loadWorldFacts(world) });
  let analysis: ProgramAnalysis | undefined;
  return {
    update(changes) {
      const program = host.update(changes);
      analysis = analyzeProgram(program, analysis);
      return { program, analysis };
    },
  };
}

/** The documented facts with those of the team. */
export function loadWorldFacts({ analysis, facts }: WorldConfiguration): DdiFacts {
  const userFacts = joinFacts(facts);
  return loadFacts({ arch: analysis.arch, ...(userFacts === undefined ? {} : { userFacts }) });
}

/** The rows of several facts files as one file; later folders win where both name a routine. */
function joinFacts(files: readonly FactsFile[]): FactsFile | undefined {
  const [first, ...others] = files;
  if (first === undefined) return undefined;
  return others.reduce(
    (joined, file) => ({
      ...joined,
      routines: [...(joined.routines ?? []), ...(file.routines ?? [])],
      effects: [...(joined.effects ?? []), ...(file.effects ?? [])],
      roles: [...(joined.roles ?? []), ...(file.roles ?? [])],
      registrations: [...(joined.registrations ?? []), ...(file.registrations ?? [])],
    }),
    first,
  );
}
