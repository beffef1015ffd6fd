// `npm run generate`: runs every generator of derived files. `--check` writes nothing and fails when a file is stale.
import { runGenerateFacts } from './generateFacts.mjs';
import { generateRules } from './generateRules.mjs';
import { runGenerateSettings } from './generateSettings.mjs';

/** The rules' registry is one file; its generator says whether it is (now) up to date. */
function runGenerateRules({ isCheck }) {
  if (generateRules(true)) return [];
  generateRules(isCheck);
  return ['server/src/rules/allRules.generated.ts and ruleHelp.generated.ts'];
}

/** Each returns the paths that were stale (and, without isCheck, have now been written). */
const generators = [
  { name: 'facts', run: runGenerateFacts },
  { name: 'rules', run: runGenerateRules },
  { name: 'settings', run: runGenerateSettings },
];

const isCheck = process.argv.includes('--check');
let nStale = 0;
for (const { name, run } of generators) {
  const stale = await run({ isCheck });
  nStale += stale.length;
  for (const file of stale) console.log(`generate ${name}: ${isCheck ? 'stale' : 'written'}: ${file}`);
}
if (nStale === 0) console.log('generate: everything is up to date');
if (isCheck && nStale > 0) {
  console.error('generate: run `npm run generate` and commit the result');
  process.exit(1);
}
