// Writes what follows from server/src/protocol/settings.ts and the formats: `contributes.configuration` of the manifest,
// docs/settings.md and schemas/*.schema.json of the files that users write by hand. It decides no setting.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { importTs } from './runTs.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

function read(file) {
  const full = path.join(root, file);
  return existsSync(full) ? readFileSync(full, 'utf8').replace(/\r\n/g, '\n') : '';
}

async function renderAll() {
  const settings = await importTs(path.join(root, 'server/src/protocol/settings.ts'));
  const config = await importTs(path.join(root, 'server/src/protocol/configFormat.ts'));
  const scenario = await importTs(path.join(root, 'server/src/protocol/scenarioJsonSchema.ts'));
  const manifest = JSON.parse(read('package.json'));
  manifest.contributes ??= {};
  manifest.contributes.configuration = {
    title: 'IRQL Lens',
    properties: settings.configurationProperties(),
  };
  return {
    'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
    'docs/settings.md': settings.settingsMarkdown(),
    'schemas/config.schema.json': `${JSON.stringify(config.configJsonSchema(), null, 1)}\n`,
    'schemas/scenario.schema.json': `${JSON.stringify(scenario.scenarioJsonSchema(), null, 1)}\n`,
  };
}

/** Returns the paths that were stale; writes them unless `isCheck`. */
export async function runGenerateSettings({ isCheck }) {
  const stale = [];
  for (const [file, text] of Object.entries(await renderAll())) {
    if (read(file) === text) continue;
    stale.push(file);
    if (isCheck) continue;
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  return stale;
}
