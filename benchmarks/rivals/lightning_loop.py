"""Training as people write it with PyTorch Lightning, over the same network and DataLoader."""

import logging
import warnings

import lightning
import torch
from torch.utils.data import DataLoader

from benchmarks.rivals.dataset import AugmentedFaces
from benchmarks.rivals.torch_loop import make_network

__all__ = ["make_epoch"]


class Classifier(lightning.LightningModule):
    """C-SPP with its loss, optimizer and schedule."""

    def __init__(self):
        super().__init__()
        self.network = make_network()
        self.criterion = torch.nn.CrossEntropyLoss(label_smoothing=0.12)

    def training_step(self, batch, batch_index):
        """Return the loss of a batch."""
        images, labels = batch
        return self.criterion(self.network(images), labels)

    def configure_optimizers(self):
        """Return AdamW with one cycle of the learning rate."""
        optimizer = torch.optim.AdamW(self.parameters(), lr=2e-3, weight_decay=0.02)
        steps = self.trainer.estimated_stepping_batches
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=steps)
        return [optimizer], [{"scheduler": schedule, "interval": "step"}]


def make_epoch(images, labels):
    """Return a function that trains for an epoch with batches of 32."""
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="lightning")

    def run():
        trainer = lightning.Trainer(
            max_epochs=1,
            accelerator="cpu",
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
        )
        batches = DataLoader(AugmentedFaces(images, labels), batch_size=32, shuffle=True)
        trainer.fit(Classifier(), batches)

    return run
