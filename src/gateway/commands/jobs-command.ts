import { randomId } from "../../core/random.ts";
import { EXIT } from "../../headless/exit-codes.ts";
import { oneOf, whole } from "../../headless/option-values.ts";
import { parseLine } from "../../headless/parse-line.ts";
import { toldError } from "../../headless/told-error.ts";
import { usageError } from "../../headless/usage-error.ts";
import {
  COMMON_OPTIONS,
  helpText,
  rowsOf,
  type HelpPage,
  type OptionTable,
} from "../../headless/words/help-page.ts";
import { sentence, type CliWords } from "../../headless/words/words.ts";
import { EngineError } from "../../job/errors.ts";
import { mapMediaAsync } from "../../job/job-spec.ts";
import { failedRow, isFinished, type JobInput, type JobRow } from "../../queue/job-row.ts";
import { removeMedia } from "../../queue/retention.ts";
import type { Installation } from "../data-dir.ts";
import { jobView } from "../../rest/job-view.ts";
import { guarded } from "./command.ts";
import { PLACE_HELP, PLACE_OPTIONS, visit } from "./visit.ts";

const LIST_OPTIONS = {
  status: { type: "string", value: "{STATE}", text: sentence("jobs:status") },
  key: { type: "string", value: "{PREFIX}", text: sentence("jobs:key") },
  limit: { type: "string", value: "N", text: sentence("jobs:limit"), initial: "20" },
  before: { type: "string", value: "{NUMBER}", text: sentence("jobs:before") },
} as const satisfies OptionTable;

const OPTIONS = {
  json: { type: "boolean", text: sentence("help:answerJson") },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

const PAGE: HelpPage = {
  usage: ["jobs {COMMAND} [{OPTIONS}]"],
  parts: [
    {
      rows: [
        { term: "list", text: sentence("jobs:list") },
        ...rowsOf(LIST_OPTIONS, true),
        { term: "show ID", text: sentence("jobs:show") },
        { term: "retry ID", text: sentence("jobs:retry") },
        { term: "cancel ID", text: sentence("jobs:cancel") },
      ],
    },
    { rows: rowsOf(OPTIONS) },
    ...PLACE_HELP,
  ],
};

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
  return guarded("jobs", argv.includes("--json"), async (words) => {
    const { say } = words;
    const { values, positionals } = parseLine(argv, { ...PLACE_OPTIONS, ...LIST_OPTIONS, ...OPTIONS });
    const [command, id, ...rest] = positionals;
    if (values.help || command === undefined) {
      console.log(helpText(PAGE, words));
      return values.help ? EXIT.ok : EXIT.usage;
    }
    const status = oneOf(values.status, "--status", ["processing", "completed", "failed"]);
    const limit = whole(values.limit, "--limit", 1, 10_000) ?? 20;
    const before = whole(values.before, "--before", 1, Number.MAX_SAFE_INTEGER);
    if (!["list", "show", "retry", "cancel"].includes(command)) {
      throw usageError("usage/unknown-word", { command: "jobs", word: command });
    }
    if (rest.length > 0 || (id === undefined) !== (command === "list")) {
      throw usageError(command === "list" ? "usage/no-more-words" : "usage/one-id", {
        command: `jobs ${command}`,
      });
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
        const text = rows.map((row) => lineOf(row, words)).join("\n");
        return show(rows.map(detailsOf), text || say("jobs:none"));
      }
      const row = await installation.store.get(id.toLowerCase());
      if (!row) throw toldError("job/not-found", undefined, "host/no-job", { id });
      if (command === "show") return show(detailsOf(row), JSON.stringify(detailsOf(row), null, 2));
      if (command === "cancel") {
        const ended = await cancel(installation, row);
        return show(detailsOf(ended), say("jobs:cancelled", { id: ended.id }));
      }
      const again = await retry(installation, row);
      return show(detailsOf(again), say("jobs:again", { again: again.id, id: row.id }));
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
  throw toldError("job/conflict", undefined, "host/job-finished", { id });
}

/** A new job of the same request. What belongs to the old job alone is copied, so that either may be removed. */
async function retry({ store, media }: Installation, row: JobRow): Promise<JobRow> {
  if (!isFinished(row)) {
    throw toldError("job/conflict", undefined, "host/job-unfinished", { id: row.id });
  }
  const id = randomId();
  try {
    const spec = await mapMediaAsync(row.spec, async (input): Promise<JobInput> => {
      if (!("file" in input)) return input;
      const file = await media.get(input.file);
      if (!file) {
        throw toldError("input/missing", undefined, "host/file-removed");
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

function lineOf(row: JobRow, { say }: CliWords): string {
  const when = new Date(row.createdAt).toISOString().slice(0, 16);
  const how =
    row.state === "failed"
      ? row.errorCode
      : row.state === "running"
        ? `${say(`stage:${row.stage}`)} ${String(Math.round(row.progress * 100))} %`
        : undefined;
  const owed = row.webhookDueAt === undefined ? undefined : say("jobs:webhookOwed");
  return [String(row.sequence), row.id, when, row.spec.model, row.state, how, owed, row.owner]
    .filter(Boolean)
    .join("  ");
}
