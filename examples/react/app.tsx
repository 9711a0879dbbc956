import { LipSync } from "dudak/react";
import { useRef, useState, type ReactNode } from "react";

/** A portrait that speaks in the mood that the user chooses. */
export function App(): ReactNode {
  // The element itself, for its methods: generate(), cancel(), play(), download().
  const portrait = useRef<HTMLElementTagNameMap["lip-sync"]>(null);
  const [mood, setMood] = useState("calm");
  const [news, setNews] = useState("Choose a mood and press the button.");

  return (
    <main>
      <label>
        Mood{" "}
        <select
          value={mood}
          onChange={({ target }) => {
            setMood(target.value);
          }}
        >
          <option>calm</option>
          <option>smile</option>
          <option>energetic</option>
        </select>
      </label>{" "}
      <button
        onClick={() => {
          // What goes wrong arrives in onError, too.
          portrait.current?.generate().catch(() => undefined);
        }}
      >
        Make it speak
      </button>
      <p>{news}</p>
      <LipSync
        ref={portrait}
        image="/portrait.jpg"
        audio="/hello.mp3"
        prompt={mood}
        ratio={0.8}
        style={{ maxWidth: "25rem" }}
        onProgress={({ detail }) => {
          setNews(`${detail.stage} ${Math.round(detail.progress * 100).toString()} %`);
        }}
        onResult={({ detail }) => {
          setNews(`${detail.report.frames.toString()} frames.`);
        }}
        onError={({ detail }) => {
          setNews(`${detail.message} [${detail.code}]`);
        }}
      />
    </main>
  );
}
