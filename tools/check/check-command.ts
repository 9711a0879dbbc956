import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";

/** What `npm run check` runs, each a script of package.json; the longest first. */
const STEPS = [
  ["layout"],
  ["lint"],
  ["typecheck"],
  ["localize", "--", "--check"],
  ["docs", "--", "--check"],
  ["layers"],
  ["unused"],
] as const;

/** Runs a script to its end; what it says comes in one piece, so that steps side by side do not mix. */
function runStep(step: readonly string[]): Promise<boolean> {
  const child = spawn("npm", ["run", "--silent", ...step], { shell: process.platform === "win32" });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => said.push(data));
  const began = performance.now();
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      const seconds = ((performance.now() - began) / 1000).toFixed(0);
      console.log(`${code === 0 ? "✓" : "×"} npm run ${step.join(" ")} (${seconds} s)`);
      if (code !== 0) process.stdout.write(Buffer.concat(said));
      resolve(code === 0);
    });
  });
}

/** `npm run check`: every step, as many side by side as there are processors; all are run though one fails. */
async function main(): Promise<number> {
  const waiting: (readonly string[])[] = [...STEPS];
  let failed = 0;
  const lane = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) if (!(await runStep(step))) failed++;
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  if (failed > 0) console.log(`${String(failed)} of ${String(STEPS.length)} steps failed`);
  return failed > 0 ? 1 : 0;
}

process.exit(await main());
