"""Models of the classes that lifting uses, as small as can be, with weights drawn at random, in folders."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import (
    BertConfig,
    BertTokenizer,
    DepthAnythingConfig,
    DepthAnythingForDepthEstimation,
    Dinov2Config,
    DPTImageProcessorPil,
    GroundingDinoConfig,
    GroundingDinoForObjectDetection,
    GroundingDinoImageProcessorPil,
    GroundingDinoProcessor,
    Sam2VideoConfig,
    Sam2VideoModel,
    SwinConfig,
)

# The numbers of the marks are those that Grounding DINO's code has for BERT's vocabulary.
WORDS = {0: "[PAD]", 100: "[UNK]", 101: "[CLS]", 102: "[SEP]", 103: "[MASK]", 1012: ".", 1029: "?"}
WORDS |= dict(enumerate(["mug", "book", "bottle", "red", "##shelf"], start=1030))


def save_finder(folder: Path) -> None:
    folder.mkdir()
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("".join(WORDS.get(number, f"[unused{number}]") + "\n" for number in range(1040)))
    torch.manual_seed(0)
    config = GroundingDinoConfig(
        backbone_config=SwinConfig(
            image_size=64,
            patch_size=4,
            embed_dim=8,
            depths=[1, 1, 1],
            num_heads=[1, 1, 1],
            window_size=4,
            out_features=["stage1", "stage2", "stage3"],
        ),
        text_config=BertConfig(
            vocab_size=1040,
            hidden_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=16,
            max_position_embeddings=64,
        ),
        num_queries=12,
        encoder_layers=1,
        decoder_layers=2,
        d_model=32,
        encoder_ffn_dim=16,
        decoder_ffn_dim=16,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        max_text_len=16,
        num_feature_levels=3,
    )
    GroundingDinoForObjectDetection(config).save_pretrained(folder)
    images = GroundingDinoImageProcessorPil(size={"shortest_edge": 64, "longest_edge": 96})
    GroundingDinoProcessor(images, BertTokenizer(str(vocabulary))).save_pretrained(folder)


def save_segmenter(folder: Path) -> None:
    """With what it needs for videos, as the published ones have it."""
    torch.manual_seed(0)
    config = Sam2VideoConfig(
        vision_config={
            "backbone_config": {
                "model_type": "sam2_hiera_det_model",
                "hidden_size": 8,
                "num_attention_heads": 1,
                "image_size": [64, 64],
                "blocks_per_stage": [1, 1, 2, 1],
                "embed_dim_per_stage": [8, 16, 32, 64],
                "num_attention_heads_per_stage": [1, 1, 2, 2],
                "window_size_per_stage": [4, 2, 2, 2],
                "window_positional_embedding_background_size": [4, 4],
                "global_attention_blocks": [3],
            },
            "backbone_channel_list": [64, 32, 16, 8],
            "backbone_feature_sizes": [[16, 16], [8, 8], [4, 4]],
            "fpn_hidden_size": 32,
        },
        prompt_encoder_config={"hidden_size": 32, "image_size": 64, "patch_size": 16, "mask_input_channels": 4},
        mask_decoder_config={"hidden_size": 32, "mlp_dim": 32, "num_attention_heads": 2, "iou_head_hidden_dim": 16},
        image_size=64,
        memory_attention_hidden_size=32,
        memory_attention_num_layers=1,
        memory_attention_feed_forward_hidden_size=16,
        memory_encoder_hidden_size=32,
        memory_encoder_output_channels=8,
        memory_fuser_num_layers=1,
        memory_fuser_embed_dim=32,
        memory_fuser_intermediate_dim=16,
        mask_downsampler_embed_dim=32,
    )
    Sam2VideoModel(config).save_pretrained(folder)


def save_depth(folder: Path, *, metric: bool = True) -> None:
    torch.manual_seed(0)
    config = DepthAnythingConfig(
        backbone_config=Dinov2Config(
            image_size=56,
            patch_size=14,
            hidden_size=16,
            num_hidden_layers=4,
            num_attention_heads=2,
            intermediate_size=16,
            out_features=["stage1", "stage2", "stage3", "stage4"],
            reshape_hidden_states=False,
        ),
        reassemble_hidden_size=16,
        neck_hidden_sizes=[4, 8, 8, 8],
        fusion_hidden_size=8,
        head_hidden_size=4,
        depth_estimation_type="metric" if metric else "relative",
        max_depth=20 if metric else 1,
    )
    model = DepthAnythingForDepthEstimation(config)
    with torch.no_grad():
        for weights in model.head.parameters():  # fresh ones give the same depth everywhere
            weights.mul_(300.0)
    model.save_pretrained(folder)
    DPTImageProcessorPil(
        size={"height": 56, "width": 56}, keep_aspect_ratio=True, ensure_multiple_of=14, do_pad=False
    ).save_pretrained(folder)
