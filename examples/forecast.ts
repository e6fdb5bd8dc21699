// The bikes at a Vélib' station in the next three hours, by the model of a local stack.
//
//   npm start                                                  (in another terminal)
//   npx tsx examples/forecast.ts http://127.0.0.1:4010
import { connect, SlipwayError } from "slipway/client";

async function main(local = "http://127.0.0.1:4010"): Promise<void> {
  const models = await connect({ local });
  const { predictions } = await models["velib-lstm"].invoke({
    station_code: "16107",
    historical_bikes: [9, 9, 8, 8, 7, 7, 6, 6, 5, 6, 8, 10, 12, 13, 13, 12, 11, 11, 10, 10, 9, 9, 8, 8],
    hour: 15,
    day_of_week: 3,
    is_weekend: false,
    capacity: 28,
    latitude: 48.85,
    longitude: 2.34,
  });
  for (const [ahead, bikes] of Object.entries(predictions)) console.log(`${ahead}  ${bikes} bikes`);
}

main(process.argv[2]).catch((error: unknown) => {
  console.error(error instanceof SlipwayError ? `${error.code}: ${error.message}\n${error.hint}` : error);
  process.exitCode = 1;
});
