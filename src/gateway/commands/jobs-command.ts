import { randomId } from "../../core/random.ts";
import { EXIT, UsageError } from "../../headless/exit-codes.ts";
import { EngineError } from "../../job/errors.ts";
import { mapMediaAsync } from "../../job/job-spec.ts";
import { failedRow, isFinished, type JobInput, type JobRow } from "../../queue/job-row.ts";
import { removeMedia } from "../../queue/retention.ts";
import type { Installation } from "../data-dir.ts";
import { jobView } from "../../rest/job-view.ts";
import { guarded } from "./command.ts";
import { parseLine } from "../../headless/parse-line.ts";
import { oneOf, whole } from "./option-values.ts";
import { PLACE_HELP, PLACE_OPTIONS, visit } from "./visit.ts";

const JOBS_HELP = `Usage: dudak jobs COMMAND [options]

  list             the jobs, newest first
    --status processing|completed|failed
    --key PREFIX     those of one key's tenant
    --limit N        at most so many (default 20)
    --before NUMBER  those before this number, the last one of the page before
  show ID          all that is known of a job
  retry ID         the request of a finished job once more, as a new job
  cancel ID        ends a job that is not finished

  --json           answer in JSON

${PLACE_HELP}`;

const STATES = {
  processing: ["queued", "running"],
  completed: ["completed"],
  failed: ["failed"],
} as const;

/**
 * `dudak jobs list | show | retry | cancel`; works while the gateway runs.
 * @returns the exit code; see {@link EXIT}.
 */
export async function jobsCommand(argv: readonly string[]): Promise<number> {
  return guarded("jobs", argv.includes("--json"), async () => {
    const { values, positionals } = parseLine(
      argv,
      {
        ...PLACE_OPTIONS,
        status: { type: "string" },
        key: { type: "string" },
        limit: { type: "string" },
        before: { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
      true,
    );
    const [command, id, ...rest] = positionals;
    if (values.help || command === undefined) {
      console.log(JOBS_HELP);
      return values.help ? EXIT.ok : EXIT.usage;
    }
    const status = oneOf(values.status, "--status", ["processing", "completed", "failed"]);
    const limit = whole(values.limit, "--limit", 1, 10_000) ?? 20;
    const before = whole(values.before, "--before", 1, Number.MAX_SAFE_INTEGER);
    if (!["list", "show", "retry", "cancel"].includes(command)) {
      throw new UsageError(`There is no "jobs ${command}".`);
    }
    if (rest.length > 0 || (id === undefined) !== (command === "list")) {
      throw new UsageError(
        `"jobs ${command}" takes ${command === "list" ? "no further words" : "one job's id"}.`,
      );
    }
    const installation = await visit(values);
    try {
      const show = (data: unknown, text: string) => {
        console.log(values.json ? JSON.stringify(data) : text);
        return EXIT.ok;
      };
      if (id === undefined) {
        const rows = await installation.store.list({
          limit,
          ...(status ? { states: STATES[status] } : {}),
          ...(values.key === undefined ? {} : { owner: values.key }),
          ...(before === undefined ? {} : { before }),
        });
        const text = rows.map(lineOf).join("\n");
        return show(rows.map(detailsOf), text || "There are no such jobs.");
      }
      const row = await installation.store.get(id.toLowerCase());
      if (!row) throw new EngineError("job/not-found", `There is no job ${id}; see dudak jobs list.`);
      if (command === "show") return show(detailsOf(row), JSON.stringify(detailsOf(row), null, 2));
      if (command === "cancel") {
        const ended = await cancel(installation, row);
        return show(detailsOf(ended), `Cancelled ${ended.id}.`);
      }
      const again = await retry(installation, row);
      return show(detailsOf(again), `${again.id} is in the queue; it does ${row.id} once more.`);
    } finally {
      await installation.close();
    }
  });
}

async function cancel({ store }: Installation, { id }: JobRow): Promise<JobRow> {
  const ended = await store.update(id, (row) =>
    isFinished(row)
      ? undefined
      : failedRow(row, Date.now(), new EngineError("job/cancelled", "The job was cancelled.")),
  );
  if (ended) return ended;
  throw new EngineError("job/conflict", `Job ${id} is finished; there is nothing to cancel.`);
}

/** A new job of the same request. What belongs to the old job alone is copied, so that either may be removed. */
async function retry({ store, media }: Installation, row: JobRow): Promise<JobRow> {
  if (!isFinished(row)) {
    throw new EngineError("job/conflict", `Job ${row.id} is not finished. Cancel it first.`);
  }
  const id = randomId();
  try {
    const spec = await mapMediaAsync(row.spec, async (input): Promise<JobInput> => {
      if (!("file" in input)) return input;
      const file = await media.get(input.file);
      if (!file) {
        throw new EngineError(
          "input/missing",
          "A file of this job was removed. Submit it anew with its media.",
        );
      }
      if (file.owner !== row.id) return input;
      const { type, name } = file;
      const copy = await media.put(file.stream(), { type, owner: id, ...(name ? { name } : {}) });
      return { file: copy.id };
    });
    const { baseUrl, owner, webhook, warnings } = row;
    const { row: again } = await store.create({
      id,
      spec,
      warnings,
      createdAt: Date.now(),
      baseUrl,
      outputToken: randomId().replaceAll("-", ""),
      ...(owner === undefined ? {} : { owner }),
      ...(webhook ? { webhook: { url: webhook.url, attempts: 0 } } : {}),
    });
    return again;
  } catch (error) {
    await removeMedia(media, id);
    throw error;
  }
}

/** A row for people and programs; the secret part of the result's address stays in the storage. */
function detailsOf(row: JobRow) {
  const { sequence, state, owner, crashes, webhook, webhookDueAt, startedAt, finishedAt } = row;
  const more = { number: sequence, state, owner, crashes, webhook, webhookDueAt, startedAt, finishedAt };
  return { ...jobView(row, ({ baseUrl, id }) => `${baseUrl}/jobs/${id}/output`), ...more };
}

function lineOf(row: JobRow): string {
  const when = new Date(row.createdAt).toISOString().slice(0, 16);
  const how =
    row.state === "failed"
      ? row.errorCode
      : row.state === "running"
        ? `${row.stage} ${String(Math.round(row.progress * 100))} %`
        : undefined;
  const owed = row.webhookDueAt === undefined ? undefined : "webhook owed";
  return [String(row.sequence), row.id, when, row.spec.model, row.state, how, owed, row.owner]
    .filter(Boolean)
    .join("  ");
}
