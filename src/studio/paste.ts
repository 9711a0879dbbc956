/** The files of a drop or a paste, folders left out. */
export function filesOf(transfer: DataTransfer | null): File[] {
  return [...(transfer?.items ?? [])]
    .filter((item) => item.kind === "file")
    .map((item) => item.getAsFile())
    .filter((file) => file !== null);
}

/**
 * Pictures of the clipboard, asked for by a button.
 * @throws DOMException `NotAllowedError` when the user or the browser refuses.
 */
export async function clipboardFiles(): Promise<File[]> {
  const files: File[] = [];
  for (const item of await navigator.clipboard.read()) {
    const type = item.types.find((candidate) => /^(image|audio)\//.test(candidate));
    if (!type) continue;
    files.push(new File([await item.getType(type)], `pasted.${type.split("/")[1] ?? "png"}`, { type }));
  }
  return files;
}
