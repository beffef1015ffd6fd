/**
 * Releases of locks that the releasing function had not taken itself: the other halves of functions that leave with a lock.
 * One list for the whole program. Of functions whose effect was given up, every release of a lock counts that they do not
 * take as well.
 */
import type { BodyFacts, FunctionSummary, OpenRelease } from '../facts.ts';
import type { FunctionId } from '../program.ts';

/** Collects them; `factsOf` is asked for the functions only whose summary does not tell. */
export function collectOpenReleases(
  summaries: Iterable<FunctionSummary>,
  hasCallers: (id: FunctionId) => boolean,
  factsOf: (id: FunctionId) => BodyFacts,
): OpenRelease[] {
  const found: OpenRelease[] = [];
  for (const summary of summaries) {
    const { id } = summary;
    const add = (lock: OpenRelease['lock'], kind: string): void => {
      // A helper that gives back what it is passed shows in its callers, under the lock's own name.
      const isPassed = lock.lockClass === '' && /^p\d+\*?$/.test(lock.path);
      if (!isPassed || !hasCallers(id)) found.push({ function: id, lock, kind });
    };
    for (const { released } of summary.cases) for (const { lock, kind } of released) add(lock, kind);
    if (summary.isGivenUp === true) for (const { lock, kind } of untold(summary, factsOf)) add(lock, kind);
  }
  return found;
}

/** Bodies are walked once per summary, not at every question. */
const walked = new WeakMap<FunctionSummary, readonly OpenRelease[]>();

function untold(summary: FunctionSummary, factsOf: (id: FunctionId) => BodyFacts): readonly OpenRelease[] {
  let releases = walked.get(summary);
  if (releases === undefined) {
    const taken = new Set(summary.locksTaken.map(({ lock }) => lock.path));
    releases = factsOf(summary.id).calls.flatMap(({ locks }) =>
      locks
        .filter(({ op, lock }) => op === 'release' && !taken.has(lock.path))
        .map(({ lock, kind }) => ({ function: summary.id, lock, kind })),
    );
    walked.set(summary, releases);
  }
  return releases;
}
