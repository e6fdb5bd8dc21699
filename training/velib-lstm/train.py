"""Trains the demo network of velib-lstm v3 and packs its artifact. See README.md beside this file."""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch

import pack
from network import HORIZONS, PARAMETERS, WINDOW_HOURS, VelibLstm, fold_statics, normalise_statics
from synthetic import DAYS, KINDS, simulate

TRAIN_DAYS, VALIDATION_DAYS = 35, 7  # the last seven days are only ever used to report
AHEAD = len(HORIZONS)
ROOT = Path(__file__).resolve().parents[2]


class Windows:
    """Every window whose last value and last target lie in [first_hour, last_hour)."""

    def __init__(self, city, mean, scale, first_hour, last_hour):
        self.city, self.mean, self.scale = city, mean, scale
        first = max(first_hour, WINDOW_HOURS - 1)
        self.hours = np.arange(first, last_hour - AHEAD)
        self.bikes = city.bikes.astype(np.float32)

    def __len__(self):
        return len(self.hours) * self.bikes.shape[1]

    def take(self, flat):
        """history and target z-scores and raw statics of the windows by flat number. The window ends *now*, as served."""
        now, station = self.hours[flat // self.bikes.shape[1]], flat % self.bikes.shape[1]
        city = self.city
        history = self.bikes[now[:, None] + np.arange(1 - WINDOW_HOURS, 1), station[:, None]]
        target = self.bikes[now[:, None] + np.arange(1, AHEAD + 1), station[:, None]]
        day = city.day_of_week[now]
        statics = np.stack(
            [city.hour[now], day, day >= 5, city.capacity[station], station, city.latitude[station], city.longitude[station]], axis=1
        ).astype(np.float32)
        to_tensor = lambda bikes: torch.from_numpy((bikes - self.mean) / self.scale)
        return to_tensor(history), torch.from_numpy(statics), to_tensor(target)


def train(city, windows, validation, *, epochs, windows_per_epoch, batch_size, learning_rate, rng):
    model = VelibLstm()
    assert sum(parameter.numel() for parameter in model.parameters()) == PARAMETERS
    steps = epochs * (windows_per_epoch // batch_size)
    optimiser = torch.optim.Adam(model.parameters(), lr=learning_rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=learning_rate, total_steps=steps, pct_start=0.15)
    check = rng.choice(len(validation), 20_000, replace=False)
    for epoch in range(epochs):
        model.train()
        began, total = time.time(), 0.0
        for _ in range(windows_per_epoch // batch_size):
            history, statics, target = windows.take(rng.integers(0, len(windows), batch_size))
            loss = torch.nn.functional.mse_loss(model(history, normalise_statics(statics)), target)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += loss.item()
        history, statics, target = validation.take(check)
        mae = (predict(model, history, normalise_statics(statics)) - target).abs().mean(0) * windows.scale
        mean_loss = total / (windows_per_epoch // batch_size)
        print(f"epoch {epoch + 1}: loss {mean_loss:.4f}, validation MAE {mae.numpy().round(3)}, {time.time() - began:.0f} s", flush=True)
    return model.eval()


@torch.no_grad()
def predict(model, history, statics, batch_size=8192):
    model.eval()
    return torch.cat([model(history[i : i + batch_size], statics[i : i + batch_size]) for i in range(0, len(history), batch_size)])


def evaluate(model, city, windows, train_hours, rng, sample):
    """MAE in bikes on held-out windows, rounded and floored as the container does, beside three baselines."""
    flat = np.sort(rng.choice(len(windows), min(sample, len(windows)), replace=False))
    history, statics, target = windows.take(flat)
    bikes = lambda z: z.numpy().astype(np.float64) * windows.scale + windows.mean
    actual = np.rint(bikes(target))
    served = np.rint(np.maximum(0.0, bikes(predict(model, history, statics))))
    last = np.rint(bikes(history[:, -1:])).repeat(AHEAD, axis=1)

    now, station = windows.hours[flat // city.bikes.shape[1]], flat % city.bikes.shape[1]
    seen, weekend = city.bikes[:train_hours].astype(np.float64), city.day_of_week >= 5
    by_hour = np.stack([seen[city.hour[:train_hours] == hour].mean(0) for hour in range(24)])
    by_day_kind = np.stack(
        [[seen[(city.hour[:train_hours] == hour) & (weekend[:train_hours] == kind)].mean(0) for hour in range(24)] for kind in (False, True)]
    )
    ahead = now[:, None] + np.arange(1, AHEAD + 1)
    daily = by_hour[city.hour[ahead], station[:, None]]
    day_kind = by_day_kind[weekend[ahead].astype(int), city.hour[ahead], station[:, None]]

    error = lambda forecast: {name: round(float(value), 3) for name, value in zip(HORIZONS, np.abs(forecast - actual).mean(0))}
    spread = ((actual - actual.mean(0)) ** 2).mean(0)
    return {
        "windows": int(len(flat)),
        "meanAbsoluteErrorBikes": {
            "model": error(served),
            "persistence": error(last),
            "dailyAverage": error(daily),
            "weekdayWeekendAverage": error(day_kind),
        },
        "modelR2": {name: round(float(1 - value), 3) for name, value in zip(HORIZONS, ((served - actual) ** 2).mean(0) / spread)},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--windows-per-epoch", type=int, default=120_000)
    parser.add_argument("--batch-size", type=int, default=256)
    parser.add_argument("--learning-rate", type=float, default=0.003)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--out", type=Path, default=ROOT / "registry/demo/velib-lstm")
    parser.add_argument("--vectors", type=Path, default=ROOT / "tests/container/reference/torch-vectors.json")
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    torch.use_deterministic_algorithms(True)
    rng = np.random.default_rng(options.seed)

    city = simulate(options.seed)
    train_hours, validation_hours = TRAIN_DAYS * 24, (TRAIN_DAYS + VALIDATION_DAYS) * 24
    seen = city.bikes[:train_hours].astype(np.float64)
    mean, scale = float(seen.mean()), float(seen.std())
    part = lambda first, last: Windows(city, np.float32(mean), np.float32(scale), first, last)
    training, validation, held_out = part(0, train_hours), part(train_hours, validation_hours), part(validation_hours, DAYS * 24)
    print(f"{len(city.codes)} stations, {len(training):,} training windows, mean {mean:.4f}, scale {scale:.4f}", flush=True)

    began = time.time()
    model = train(
        city, training, validation, epochs=options.epochs, windows_per_epoch=options.windows_per_epoch,
        batch_size=options.batch_size, learning_rate=options.learning_rate, rng=rng,
    )
    print(f"trained in {time.time() - began:.0f} s", flush=True)
    fold_statics(model)
    metrics = {
        "data": {
            "synthetic": True, "seed": options.seed, "stations": len(city.codes), "days": DAYS,
            "trainingDays": TRAIN_DAYS, "validationDays": VALIDATION_DAYS, "heldOutDays": DAYS - TRAIN_DAYS - VALIDATION_DAYS,
            "stationsByKind": {name: int((city.kind == index).sum()) for index, name in enumerate(KINDS)},
        },
        "training": {
            "parameters": PARAMETERS, "epochs": options.epochs, "windowsPerEpoch": options.windows_per_epoch,
            "batchSize": options.batch_size, "learningRate": options.learning_rate, "torch": torch.__version__.split("+")[0],
        },
        "heldOut": evaluate(model, city, held_out, train_hours, rng, 200_000),
    }
    print(json.dumps(metrics, indent=2))
    errors = metrics["heldOut"]["meanAbsoluteErrorBikes"]
    for baseline in ("persistence", "dailyAverage"):
        assert all(errors["model"][name] < errors[baseline][name] for name in HORIZONS), f"the model does not beat {baseline}"

    digest = pack.pack(model, mean, scale, city.codes, metrics, options.out)
    history, statics, _ = held_out.take(rng.choice(len(held_out), 64, replace=False))
    pack.write_vectors(model, history, statics, mean, scale, options.vectors)
    print(f"model.tar.gz sha256 {digest}")


if __name__ == "__main__":
    main()
