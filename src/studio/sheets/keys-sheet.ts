import { html, type TemplateResult } from "lit";
import { commandKey } from "../keyboard.ts";
import type { Studio } from "../state/studio.ts";
import { t } from "../strings.ts";
import { sheet } from "./sheet.ts";

/** The list of keys. */
export function keysSheet(studio: Studio): TemplateResult {
  const command = commandKey();
  const rows: readonly (readonly [string, string])[] = [
    [`${command} O`, t.kOpen()],
    [`${command} V`, t.kPaste()],
    [`${command} ↵`, t.kGenerate()],
    ["Esc", t.kEsc()],
    ["K", t.kPlay()],
    [", .", t.kFrame()],
    ["F", t.kFace()],
    ["M", t.kMask()],
    ["R", t.kRecord()],
    ["D", t.kDownload()],
    ["C", t.kCompare()],
    ["E", t.kReport()],
    ["B", t.kBatch()],
    [`${command} Z`, t.kUndo()],
    ["Q", t.kQueue()],
    ["P", t.kPrivacy()],
    ["?", t.kHelp()],
  ];
  return sheet(
    studio,
    t.keysTitle(),
    html`<section class="sec">
      <dl class="keylist">
        ${rows.map(
          ([keys, what]) =>
            html`<dt><kbd>${keys}</kbd></dt>
              <dd>${what}</dd>`,
        )}
      </dl>
    </section>`,
  );
}
