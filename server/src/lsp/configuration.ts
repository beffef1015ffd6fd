/**
 * Settings of the user and configuration of the team (`.irql-lens/config.json`, `.irql-lens/facts.json`) as one. Problems are
 * returned with the file and the place they belong to; it sends nothing.
 */
import { createLineIndex } from '../base/lineIndex.ts';
import { listProfiles } from '../engine/engine.ts';
import { decodeConfig, type WorkspaceConfig } from '../protocol/configFormat.ts';
import { parseFactsFile, type FactsFile } from '../protocol/factsFormat.ts';
import { decodeSettings, defaultSettings, type Settings, type SettingProblem } from '../protocol/settings.ts';
import { ALL_RULES } from '../rules/allRules.generated.ts';
import type { RuleSettings } from '../rules/checkProgram.ts';
import type { RunLimits } from '../rules/rule.ts';
import { locateJson } from '../protocol/locateJson.ts';
import type { WorldConfiguration } from './world.ts';

/** The two files of a team, by the end of their path. */
export const CONFIG_FILE = '.irql-lens/config.json';
/** @see CONFIG_FILE */
export const FACTS_FILE = '.irql-lens/facts.json';

/** Texts of the team's files, by normal path. */
export type TeamFiles = ReadonlyMap<string, string>;

/** A problem in a team's file, with 0-based place. */
export interface TeamProblem {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly message: string;
}

/** Everything that the settings decide. */
export interface Configuration {
  /** with the team's profile where it names one */
  readonly settings: Settings;
  readonly world: WorldConfiguration;
  readonly rules: RuleSettings;
  /** glob patterns from user and team */
  readonly exclude: readonly string[];
  readonly settingProblems: readonly SettingProblem[];
  readonly teamProblems: readonly TeamProblem[];
}

const RULE_IDS = new Set(ALL_RULES.map((rule) => rule.meta.id));

/**
 * Joins raw settings and the team's files. Never throws. Where a facts file is not valid, the text that `lastGood` has for it
 * holds on, and what is wrong is told.
 */
export function readConfiguration(
  rawSettings: unknown,
  files: TeamFiles,
  lastGood: TeamFiles = new Map(),
): Configuration {
  const { settings, problems } = decodeSettings(rawSettings);
  const teamProblems: TeamProblem[] = [];
  const config = readConfigs(files, teamProblems);
  const facts = readFacts(files, lastGood, teamProblems);
  const settingProblems = [...problems, ...unknownRules(settings), ...unknownFigures(settings)];
  return {
    settings: { ...settings, profile: profileOf(settings, config), costs: knownCosts(settings) },
    world: {
      analysis: {
        arch: settings.arch === defaultSettings.arch ? (config.arch ?? settings.arch) : settings.arch,
        defines: textDefines({ ...config.defines, ...settings.defines }),
        ignoreIrqlAnnotations: false,
      },
      facts,
    },
    rules: { severities: { ...config.rules, ...settings.rules }, limits: limitsOf(settings, config) },
    exclude: [...settings.exclude, ...(config.exclude ?? [])],
    settingProblems,
    teamProblems,
  };
}

function profileOf(settings: Settings, config: WorkspaceConfig): Settings['profile'] {
  if (settings.profile !== defaultSettings.profile || config.profile === undefined) return settings.profile;
  return decodeSettings({ profile: config.profile }).settings.profile;
}

/** What the user has set beats what the team has agreed on. */
function limitsOf(settings: Settings, { thresholds, ...config }: WorkspaceConfig): RunLimits {
  const choose = (key: 'dpcMicroseconds' | 'isrMicroseconds'): number => {
    const own = settings[`thresholds.${key}`];
    return own === defaultSettings[`thresholds.${key}`] ? (thresholds?.[key] ?? own) : own;
  };
  return {
    dpcMicroseconds: choose('dpcMicroseconds'),
    isrMicroseconds: choose('isrMicroseconds'),
    clockGHz: clockOf(profileOf(settings, config)),
  };
}

function clockOf(profile: string): number {
  return listProfiles().find(({ id }) => id === profile)?.clockGHz ?? 3;
}

function textDefines(defines: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(defines).map(([name, value]) => [name, String(value)]));
}

function unknownRules(settings: Settings): SettingProblem[] {
  return Object.keys(settings.rules)
    .filter((id) => !RULE_IDS.has(id))
    .map((id) => ({
      key: 'irqlLens.rules',
      message: `irqlLens.rules: there is no rule '${id}'. It is ignored.`,
    }));
}

/** Names of all figures of all profiles. */
const FIGURES = new Set(listProfiles().flatMap(({ figures }) => figures.map(({ key }) => key)));

function unknownFigures(settings: Settings): SettingProblem[] {
  return Object.keys(settings.costs)
    .filter((key) => !FIGURES.has(key))
    .map((key) => ({
      key: 'irqlLens.costs',
      message: `irqlLens.costs: no profile has a figure '${key}'. It is ignored. The figures are ${[...FIGURES].join(', ')}.`,
    }));
}

function knownCosts(settings: Settings): Settings['costs'] {
  return Object.fromEntries(Object.entries(settings.costs).filter(([key]) => FIGURES.has(key)));
}

function readConfigs(files: TeamFiles, problems: TeamProblem[]): WorkspaceConfig {
  let joined: WorkspaceConfig = {};
  for (const [path, text] of files) {
    if (!path.endsWith(CONFIG_FILE)) continue;
    const { config, problems: found } = decodeConfig(text);
    for (const { path: key, message } of found)
      problems.push(locate(path, text, key.split('.'), `${sentence(message)} ${notUsed}`));
    for (const id of Object.keys(config.rules ?? {}))
      if (!RULE_IDS.has(id))
        problems.push(locate(path, text, ['rules', id], `There is no rule '${id}'. It is ignored.`));
    if (config.profile !== undefined && decodeSettings({ profile: config.profile }).problems.length > 0)
      problems.push(
        locate(path, text, ['profile'], `There is no profile '${config.profile}'. The default is used.`),
      );
    joined = { ...joined, ...config };
  }
  return joined;
}

function readFacts(files: TeamFiles, lastGood: TeamFiles, problems: TeamProblem[]): FactsFile[] {
  const facts: FactsFile[] = [];
  for (const [path, text] of files) {
    if (!path.endsWith(FACTS_FILE)) continue;
    const parsed = parseFactsFile(text);
    if (parsed.ok) {
      facts.push(parsed.facts);
      continue;
    }
    const before = lastGood.get(path);
    const kept = before === undefined ? undefined : parseFactsFile(before);
    if (kept?.ok === true) facts.push(kept.facts);
    const then = kept?.ok === true ? 'Until this is mended, the facts as they were before hold.' : notUsed;
    for (const { path: pointer, message } of parsed.problems)
      problems.push(locate(path, text, pointer.split('/'), `${sentence(message)} ${then}`));
  }
  return facts;
}

const notUsed = 'The file is not used until this is mended.';

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** The facts files whose texts are valid, to hold on to: of one that is not, the text that was valid last. */
export function validFacts(files: TeamFiles, lastGood: TeamFiles): TeamFiles {
  const valid = new Map<string, string>();
  for (const [path, text] of files) {
    if (!path.endsWith(FACTS_FILE)) continue;
    const kept = parseFactsFile(text).ok ? text : lastGood.get(path);
    if (kept !== undefined) valid.set(path, kept);
  }
  return valid;
}

function locate(path: string, text: string, keys: readonly string[], message: string): TeamProblem {
  const pointer = keys
    .filter((key) => key !== '')
    .map((key) => `/${key}`)
    .join('');
  const { start, end } = locateJson(text, pointer);
  const { line, column } = createLineIndex(text).positionAt(start);
  return { path, line, column, length: Math.min(end - start, 80), message };
}
