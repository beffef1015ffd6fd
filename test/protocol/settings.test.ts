// The settings table: decoding never fails, says what is wrong, and the manifest follows from it.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { listProfiles } from '../../server/src/engine/engine.ts';
import {
  configurationProperties,
  decodeSettings,
  defaultSettings,
  settingsMarkdown,
  settingsTable,
} from '../../server/src/protocol/settings.ts';

it('gives the defaults for nothing at all', () => {
  for (const raw of [undefined, null, {}, 'nonsense', 42, []]) {
    expect(decodeSettings(raw)).toEqual({ settings: defaultSettings, problems: [] });
  }
});

it('takes nested and flat keys alike', () => {
  expect(decodeSettings({ thresholds: { dpcMicroseconds: 50 } }).settings['thresholds.dpcMicroseconds']).toBe(
    50,
  );
  expect(decodeSettings({ 'thresholds.dpcMicroseconds': 50 }).settings['thresholds.dpcMicroseconds']).toBe(
    50,
  );
});

it('refuses an invalid value with its key and keeps the others', () => {
  const { settings, problems } = decodeSettings({
    cpus: 0,
    inlayHints: 'loud',
    ribbon: false,
    rules: { a: 'fatal' },
  });
  expect(settings.cpus).toBe(4);
  expect(settings.inlayHints).toBe('changes');
  expect(settings.ribbon).toBe(false);
  expect(problems.map(({ key }) => key)).toEqual(['irqlLens.cpus', 'irqlLens.inlayHints', 'irqlLens.rules']);
  expect(problems[0]?.message).toMatch(/irqlLens\.cpus: .*>=1.* The default 4 is used\./);
  expect(problems[2]?.message).toContain('at a');
});

it('has a valid default in every row', () => {
  for (const [key, row] of Object.entries(settingsTable)) {
    expect(row.schema.safeParse(row.default).success, key).toBe(true);
    expect(row.description, key).toMatch(/\.$/);
  }
});

it('is what the manifest and the manual say', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(manifest.contributes.configuration.properties).toEqual(
    JSON.parse(JSON.stringify(configurationProperties())),
  );
  expect(readFileSync('docs/settings.md', 'utf8').replace(/\r\n/g, '\n')).toBe(settingsMarkdown());
});

it('offers the profiles that the engine has', () => {
  const ids = listProfiles().map(({ id }) => id);
  for (const id of ids) expect(decodeSettings({ profile: id }).problems, id).toEqual([]);
  expect(ids).toContain(defaultSettings.profile);
});
