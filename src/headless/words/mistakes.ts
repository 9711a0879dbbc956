import { msg } from "../../job/sentences/message.ts";

/** What can be wrong with a command line, by a code that is printed behind the sentence. */
export const MISTAKES = {
  "usage/unknown-command": msg('There is no command "{name}".', { id: "usage/unknown-command" }),
  "usage/unknown-option": msg("There is no option {option}.", { id: "usage/unknown-option" }),
  "usage/no-value": msg("{option} needs a value. One that begins with a dash is given as in {option}=-1.", {
    id: "usage/no-value",
  }),
  "usage/extra-value": msg("{option} takes no value.", { id: "usage/extra-value" }),
  "usage/extra-word": msg('"{word}" is one word too many.', { id: "usage/extra-word" }),
  "usage/loose-file": msg(
    '"{word}" stands alone: name files by options, as in --image me.jpg. npm needs -- before them: npm run demo -- --image me.jpg.',
    { id: "usage/loose-file" },
  ),
  "usage/language": msg('There is no language "{given}". There are {all}.', { id: "usage/language" }),
  "usage/number": msg('{option} must be a number, not "{given}".', { id: "usage/number" }),
  "usage/whole-number": msg('{option} must be a whole number, not "{given}".', { id: "usage/whole-number" }),
  "usage/above-zero": msg('{option} must be a number above 0, not "{given}".', { id: "usage/above-zero" }),
  "usage/range": msg('{option} must be a number from {least} to {most}, not "{given}".', {
    id: "usage/range",
  }),
  "usage/whole-range": msg('{option} must be a whole number from {least} to {most}, not "{given}".', {
    id: "usage/whole-range",
  }),
  "usage/one-of": msg('{option} must be one of {allowed}, not "{given}".', { id: "usage/one-of" }),
  "usage/origin": msg('{option} must be an origin like https://example.com, not "{given}".', {
    id: "usage/origin",
  }),
  "usage/value": msg('"{given}" does not work for {option}.', { id: "usage/value" }),
  "usage/too-long": msg("{option} has at most {most} characters.", { id: "usage/too-long" }),
  "usage/empty": msg("{option} is empty.", { id: "usage/empty" }),
  "usage/exclusive": msg("{first} and {second} exclude each other.", { id: "usage/exclusive" }),
  "usage/missing": msg("{option} is missing.", { id: "usage/missing" }),
  "usage/no-picture": msg("--image or --video is missing.", { id: "usage/no-picture" }),
  "usage/one-voice": msg("A video takes one voice: --audio.", { id: "usage/one-voice" }),
  "usage/video-fps": msg("--fps does not go with --video, which keeps its own frames.", {
    id: "usage/video-fps",
  }),
  "usage/two-voices": msg("A dialogue needs --left-audio and --right-audio, and no --audio.", {
    id: "usage/two-voices",
  }),
  "usage/out": msg('--out must name an .mp4 or .webm file, not "{given}".', { id: "usage/out" }),
  "usage/manifest-alone": msg("--model-manifest describes a --model, which is missing.", {
    id: "usage/manifest-alone",
  }),
  "usage/out-is-folder": msg('"{path}" is a folder. Name a file in it, as in --out {example}.', {
    id: "usage/out-is-folder",
  }),
  "usage/out-is-source": msg(
    '--out "{path}" would replace a file that the video is made of. Choose another name.',
    { id: "usage/out-is-source" },
  ),
  "usage/out-unwritable": msg("Nothing can be written to {folder} ({code}). Choose another --out.", {
    id: "usage/out-unwritable",
  }),
  "usage/one-table": msg("Name one table, as in dudak batch list.csv.", { id: "usage/one-table" }),
  "usage/file-unread": msg(
    "The file {file} could not be read ({code}). Check its name and its permissions.",
    { id: "usage/file-unread" },
  ),
  "usage/one-model": msg("Name one model file, as in dudak model lips.onnx.", { id: "usage/one-model" }),
  "usage/one-folder": msg("Name one folder, as in dudak create my-page.", { id: "usage/one-folder" }),
  "usage/not-empty": msg("{folder} is not empty. Choose another folder.", { id: "usage/not-empty" }),
  "usage/not-a-folder": msg("{folder} is a file. Choose another name.", { id: "usage/not-a-folder" }),
  "usage/folder-unwritable": msg(
    "Nothing can be written to {folder} ({code}). Choose another folder, or change its permissions.",
    { id: "usage/folder-unwritable" },
  ),
  "usage/port": msg(
    "Nothing can listen on this address and port ({code}). Choose others with --port and --host.",
    { id: "usage/port" },
  ),
  "usage/cluster-half": msg(
    "--redis and --storage go together: the queue in one, media and results in the other.",
    { id: "usage/cluster-half" },
  ),
  "usage/cluster-none": msg("A worker needs to know where jobs are: --redis URL --storage URL.", {
    id: "usage/cluster-none",
  }),
  "usage/cluster-local": msg(
    "--data and --concurrency have no meaning with --redis: jobs run where dudak work runs.",
    { id: "usage/cluster-local" },
  ),
  "usage/namespace": msg("--namespace must be letters, digits, - or _, at most 40.", {
    id: "usage/namespace",
  }),
  "usage/redis": msg('--redis must be like redis://HOST:6379 or rediss://HOST:6379, not "{given}".', {
    id: "usage/redis",
  }),
  "usage/redis-password": msg(
    "A password in --redis can be read by everyone on this machine. Put it into DUDAK_REDIS_PASSWORD or into a file that DUDAK_REDIS_PASSWORD_FILE names.",
    { id: "usage/redis-password" },
  ),
  "usage/redis-tls": msg("--redis-ca, --redis-cert and --redis-key need rediss://.", {
    id: "usage/redis-tls",
  }),
  "usage/storage": msg('--storage must be s3://BUCKET or file:///FOLDER, not "{given}".', {
    id: "usage/storage",
  }),
  "usage/storage-keys": msg(
    "The keys of S3 do not belong into --storage. Put them into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or into a file that AWS_SHARED_CREDENTIALS_FILE names.",
    { id: "usage/storage-keys" },
  ),
  "usage/storage-part": msg('--storage knows no "{name}"; it takes endpoint and region.', {
    id: "usage/storage-part",
  }),
  "usage/storage-endpoint": msg('The endpoint in --storage must be like https://HOST:PORT, not "{given}".', {
    id: "usage/storage-endpoint",
  }),
  "usage/unknown-word": msg('There is no "{command} {word}".', { id: "usage/unknown-word" }),
  "usage/no-more-words": msg('"{command}" takes no further words.', { id: "usage/no-more-words" }),
  "usage/one-id": msg('"{command}" takes one job\'s id.', { id: "usage/one-id" }),
  "usage/one-key": msg('"{command}" takes one key.', { id: "usage/one-key" }),
  "usage/no-key": msg('There is no usable key "{key}", or several of that name; see dudak keys list.', {
    id: "usage/no-key",
  }),
} as const;
