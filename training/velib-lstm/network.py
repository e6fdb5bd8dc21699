"""The network of velib v3, layer for layer: 119,139 parameters."""

import torch
from torch import nn

WINDOW_HOURS = 24
HORIZONS = ("T+1h", "T+2h", "T+3h")
STATICS = ("hour", "day_of_week", "is_weekend", "capacity", "station_id", "latitude", "longitude")
PARAMETERS = 119_139

# The seven statics enter the linear layer raw: a latitude of 48.86 beside hidden
# units between -1 and 1. While training they are centred and brought to about one;
# `fold_statics` then moves this affine map into the layer, where it belongs.
STATICS_CENTRE = torch.tensor([11.5, 3.0, 0.5, 30.0, 748.5, 48.86, 2.35])
STATICS_SCALE = torch.tensor([12.0, 3.0, 1.0, 15.0, 750.0, 0.1, 0.1])


class VelibLstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm1 = nn.LSTM(1, 128, batch_first=True)
        self.lstm2 = nn.LSTM(128, 64, batch_first=True)
        self.fc1 = nn.Linear(64 + len(STATICS), 32)
        self.dropout = nn.Dropout(0.2)
        self.fc2 = nn.Linear(32, len(HORIZONS))

    def forward(self, history, statics):
        """history [batch, 24] as z-scores, statics [batch, 7]; gives [batch, 3] z-scores."""
        sequence, _ = self.lstm1(history.unsqueeze(-1))
        sequence, _ = self.lstm2(sequence)
        hidden = torch.relu(self.fc1(torch.cat([sequence[:, -1], statics], dim=1)))
        return self.fc2(self.dropout(hidden))


def normalise_statics(statics):
    return (statics - STATICS_CENTRE) / STATICS_SCALE


@torch.no_grad()
def fold_statics(model):
    """The same function over raw statics: W' = W / scale, b' = b - W' · centre (in float64, then rounded once)."""
    weight = model.fc1.weight.double()
    folded = weight[:, 64:] / STATICS_SCALE.double()
    bias = model.fc1.bias.double() - folded @ STATICS_CENTRE.double()
    model.fc1.weight[:, 64:] = folded.float()
    model.fc1.bias.copy_(bias.float())
    return model
