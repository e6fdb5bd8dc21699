/** Where a stack that runs on this machine is found, by its clients and by whoever serves it. */

/** Port of `npm start` unless `--port` says otherwise: control plane, runtime and page share it. */
export const LOCAL_PORT = 4010;
export const LOCAL_URL = `http://127.0.0.1:${LOCAL_PORT}`;

/** `GET` answers the stack's outputs (`contract/outputs.ts`) as JSON. */
export const LOCAL_OUTPUTS_PATH = "/slipway/outputs";
