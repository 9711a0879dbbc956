import { createLiveViews } from "../src/pipeline/live/serve-views.ts";
import { serve } from "../src/worker-rpc/rpc.ts";

serve(createLiveViews());
