import { serve } from "./rpc.ts";

// As in WebKit when the script is evaluated twice; the second answer would come first.
serve({
  answer: async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return "first";
  },
});
serve({ answer: () => Promise.resolve("second") });
