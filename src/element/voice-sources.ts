/** Lets the user choose a file of the given kinds; undefined when none was chosen. */
export function chooseFile(accept: string): Promise<File | undefined> {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = accept;
    input.addEventListener("change", () => resolve(input.files?.[0]));
    input.addEventListener("cancel", () => resolve(undefined));
    input.click();
  });
}

/** A voice that is being recorded. */
export interface Recording {
  /** Ends the recording; the file. */
  stop(): Promise<File>;
}

/**
 * Opens the microphone.
 * @throws DOMException when the user or the browser refuses.
 */
export const openMicrophone = (): Promise<MediaStream> =>
  navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });

/**
 * Starts to record from the microphone.
 * @throws DOMException when the user or the browser refuses.
 */
export async function startRecording(): Promise<Recording> {
  const stream = await openMicrophone();
  const release = () => stream.getTracks().forEach((track) => track.stop());
  try {
    const recorder = new MediaRecorder(stream);
    const parts: Blob[] = [];
    recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
    // Also by itself, when the microphone is pulled out.
    const stopped = new Promise((resolve) => recorder.addEventListener("stop", resolve));
    recorder.start();
    return {
      async stop() {
        if (recorder.state !== "inactive") recorder.stop();
        await stopped;
        release();
        const type = recorder.mimeType;
        return new File(parts, `voice.${type.includes("mp4") ? "m4a" : "webm"}`, { type });
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}
