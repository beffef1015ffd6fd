// `npm run new:rule <kebab-case-id>`: makes a rule, its test and its page from one template, so that all three have one name.
// The rule reports nothing yet and its test says so: write the Bad cases first.
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './lib/run.mjs';

const rule = (id) => `/**
 * What the mistake is, in one or two sentences. What it deliberately leaves to other rules.
 */
import type { Finding, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: '${id}',
  title: 'One line, no full stop',
  severity: 'warning',
  isOnByDefault: false,
  family: 'other',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    return findAll(context);
  },
};

function findAll(_context: FunctionContext): readonly Finding[] {
  return [];
}
`;

const test = (id) => `import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('${id}', () => {
  it('the mistake', () => {
    checkRule(
      '${id}',
      \`\${TYPES}
VOID MistakeBad(PDEVICE_EXTENSION Ext)
{
    Ext->Count += 1;
//  ^^^^^^^^^^^^^^^ what the message says
}
\`,
    );
  });

  it('what looks like it and is right', () => {
    checkRule(
      '${id}',
      \`\${TYPES}
VOID MistakeOk(PDEVICE_EXTENSION Ext)
{
    Ext->Count += 1;
}
\`,
    );
  });
});
`;

const page = (id) => `# ${id}

One line, as in the rule.

## What
What is reported, and what is deliberately left out.

## Why
What becomes of it at run time: the bug check.

## Incorrect
\`\`\`c
#include <wdm.h>

\`\`\`

## Correct
\`\`\`c
#include <wdm.h>

\`\`\`

## Remedy
What to do.

## When to suppress
When the report is right about the code and wrong about the driver.

## Source
The public documentation that says so.
`;

const [id = ''] = process.argv.slice(2);
if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/.test(id)) {
  console.error('usage: npm run new:rule <kebab-case-id of two words or more>');
  process.exit(2);
}
const files = [
  [`server/src/rules/${id}.ts`, rule(id)],
  [`test/rules/${id}.test.ts`, test(id)],
  [`docs/rules/${id}.md`, page(id)],
];
for (const [file] of files) {
  if (existsSync(path.join(root, file))) {
    console.error(`${file} exists already: nothing was written`);
    process.exit(2);
  }
}
for (const [file, text] of files) {
  writeFileSync(path.join(root, file), text);
  console.log(`written: ${file}`);
}
console.log('Then: npm run generate');
