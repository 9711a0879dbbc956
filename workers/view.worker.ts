import { createLiveViews } from "../src/pipeline/live/live-views.ts";
import { serve } from "../src/worker-rpc/rpc.ts";

serve(createLiveViews());
