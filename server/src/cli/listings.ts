/**
 * `irql-lens rules | scenarios | profiles`: what there is.
 */
import { listProfiles, listScenarios } from '../engine/engine.ts';
import { ALL_RULES } from '../rules/allRules.generated.ts';

/** The rules' own facts, by id. */
export function rulesToJson(): unknown {
  return {
    version: 1,
    rules: ALL_RULES.map((rule) => ({ ...rule.meta, docs: `docs/rules/${rule.meta.id}.md` })),
  };
}

/** `id  severity  title`, one line per rule. */
export function rulesToText(): string {
  return ALL_RULES.map(({ meta }) => {
    const severity = meta.isOnByDefault ? meta.severity : `${meta.severity} (off)`;
    return `${meta.id.padEnd(30)} ${severity.padEnd(14)} ${(meta.code ?? '').padEnd(7)} ${meta.title}\n`;
  }).join('');
}

/** The bundled scenarios with their lessons. */
export function scenariosToJson(): unknown {
  return { version: 1, scenarios: listScenarios() };
}

/** `id  title`, one line per scenario. */
export function scenariosToText(): string {
  return listScenarios()
    .map(
      ({ id, cpus, title }) =>
        `${id.padEnd(26)} ${String(cpus).padStart(2)} CPU${cpus === 1 ? ' ' : 's'}  ${title}\n`,
    )
    .join('');
}

/** The cost profiles with every figure, its source and its confidence. */
export function profilesToJson(): unknown {
  return { version: 1, profiles: listProfiles() };
}

/** Each profile with its figures: value, range, confidence, source. */
export function profilesToText(): string {
  return listProfiles()
    .map((profile) => {
      const figures = profile.figures.map(({ key, value, unit, range, confidence, source }) => {
        const bracket = range === null ? '' : ` [${String(range[0])}-${String(range[1])}]`;
        return `  ${key.padEnd(28)} ${String(value)} ${unit}${bracket}  (${confidence}) ${source}\n`;
      });
      return `${profile.id}: ${profile.name}, ${String(profile.clockGHz)} GHz, ${profile.irqlVariant}\n${figures.join('')}`;
    })
    .join('\n');
}
