/** A row of a table. */
export interface CsvRow {
  /** The line of the text on which it begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** A table that was read. */
export interface CsvTable {
  /** Without empty lines. */
  readonly rows: readonly CsvRow[];
  /** The line of a quotation mark that is never closed; null where there is none. What follows it is one cell. */
  readonly unclosedLine: number | null;
}

const DELIMITERS = [",", ";", "\t"] as const;

/** The delimiter that the first line has most of, outside quotation marks; spreadsheets write `;` where `,` is decimal. */
function delimiterOf(text: string): string {
  const first = (/^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(text)?.[0] ?? "").replaceAll(/"(?:[^"]|"")*"/g, "");
  const counts = DELIMITERS.map((delimiter) => first.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!;
}

/** Reads comma-separated values (RFC 4180), also with semicolons or tabs, with or without a byte order mark. */
export function readCsv(source: string): CsvTable {
  const text = source.replace(/^\uFEFF/, "");
  const delimiter = delimiterOf(text);
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let cell = "";
  let quoted = false;
  let [line, rowLine, quoteLine] = [1, 1, 1];
  const endRow = () => {
    cells.push(cell.trim());
    if (cells.some((value) => value !== "")) rows.push({ line: rowLine, cells });
    cells = [];
    cell = "";
  };
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!;
    if (letter === "\n" || (letter === "\r" && text[at + 1] !== "\n")) line++;
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text[at + 1] === '"') {
        cell += '"';
        at++;
      } else quoted = false;
    } else if (letter === '"' && cell.trim() === "") {
      quoted = true;
      quoteLine = line;
      cell = "";
    } else if (letter === delimiter) {
      cells.push(cell.trim());
      cell = "";
    } else if (letter === "\n" || letter === "\r") {
      endRow();
      rowLine = line;
    } else cell += letter;
  }
  endRow();
  return { rows, unclosedLine: quoted ? quoteLine : null };
}

/** Writes comma-separated values (RFC 4180). */
export function writeCsv(rows: readonly (readonly string[])[]): string {
  const field = (value: string) => (/[",;\r\n\t]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  return rows.map((cells) => `${cells.map(field).join(",")}\r\n`).join("");
}
