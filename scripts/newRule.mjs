/**
 * `npm run new:rule <kebab-case-id>`: lays out a rule, its test and its page, and renews the registry.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { generateRules } from './generateRules.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const [id] = process.argv.slice(2);

if (id === undefined || !/^[a-z0-9]+(-[a-z0-9]+)+$/.test(id)) {
  console.error('usage: npm run new:rule <kebab-case-id>');
  process.exit(2);
}

const files = {
  [`server/src/rules/${id}.ts`]: `/**
 * What the rule reports, and what it leaves alone.
 */
import type { FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: '${id}',
  title: '',
  severity: 'warning',
  isOnByDefault: true,
  family: 'other',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check: () => [],
};
`,
  [`test/rules/${id}.test.ts`]: `import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('${id}', () => {
  it('reports the mistake', () => {
    checkRule('${id}', \`\${TYPES}
VOID Bad(PDEVICE_EXTENSION Ext)
{
}
\`);
  });
});
`,
  [`docs/rules/${id}.md`]: `# ${id}

## What

## Why

## Incorrect

## Correct

## Remedy

## When to suppress

## Source
`,
};

for (const [name, text] of Object.entries(files)) {
  if (existsSync(root + name)) {
    console.error(`${name} exists already`);
    process.exit(1);
  }
  writeFileSync(root + name, text);
  console.log(name);
}
generateRules(false);
