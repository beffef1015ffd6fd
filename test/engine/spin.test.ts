/** The explorer agrees with SPIN on the hand-written models. Where SPIN can neither be found nor installed this fails and says so. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

it('verdicts and shortest witnesses equal those of SPIN', () => {
  const child = spawnSync(process.execPath, ['scripts/checkSpin.mjs'], { cwd: root, encoding: 'utf8' });
  expect(child.stdout + child.stderr).toContain('9 models agree, 0 do not');
  expect(child.status).toBe(0);
}, 300_000);
