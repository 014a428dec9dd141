from rag.model import Block


def without_noise(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    return blocks
