"""Every option of the engine, once. Environment variables carry the prefix `RAG_`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class IngestSettings(_Group):
    """Limits and sizes for turning documents into passages."""

    min_tokens: int = Field(
        120, ge=20, le=500, description="A passage aims for at least this many word pieces."
    )
    max_tokens: int = Field(
        220, ge=40, le=500, description="A passage never holds more word pieces than this."
    )
    pdf_timeout_s: float = Field(
        60.0, gt=0, description="Seconds the PDF child process may run for one file."
    )
    pdf_memory_mib: int = Field(
        2048, ge=256, description="MiB of address space for the PDF child process."
    )
    pdf_max_pages: int = Field(
        2000, ge=1, description="A PDF with more pages than this is quarantined."
    )
    max_file_mib: int = Field(100, ge=1, description="A larger file is quarantined unread.")


class EncoderSettings(_Group):
    """Which model turns text into vectors."""

    model: str = Field(
        "default",
        description="'default' is the shipped int8 MiniLM; anything else is a name or folder "
        "for sentence-transformers (extra: models).",
    )
    threads: int = Field(2, ge=1, le=64, description="CPU threads for encoding.")


class RetrievalSettings(_Group):
    """How passages are found."""

    top_k: int = Field(20, ge=1, le=100, description="Passages handed to the composer.")
    depth: int = Field(50, ge=1, le=1000, description="Passages taken from each arm before fusion.")
    deadline_s: float = Field(
        2.0, gt=0, description="An arm slower than this is left out and named in `degraded`."
    )


class GraphSettings(_Group):
    """Where the knowledge graph is read from."""

    store: Literal["embedded", "neo4j"] = Field(
        "embedded",
        description="'embedded' reads the graph inside the index version; 'neo4j' reads the one "
        "that `rag graph push` loaded into a server (extra: neo4j).",
    )
    uri: str = Field(
        "bolt://localhost:7687",
        description="The Neo4j server: bolt:// or neo4j://, with +s for TLS, +ssc for TLS with a "
        "self-signed certificate.",
    )
    user: str = Field("neo4j", description="User name for Neo4j.")
    password: SecretStr = Field(
        SecretStr(""), description="Password for Neo4j; empty when the server asks for none."
    )
    database: str = Field("neo4j", description="Database in the Neo4j server.")
    timeout_s: float = Field(
        1.0, gt=0, description="Seconds one read may take; a question then goes on without it."
    )
    connect_timeout_s: float = Field(
        3.0, gt=0, description="Seconds to connect, or to wait for a free connection."
    )


class ComposeSettings(_Group):
    """How an answer is put together."""

    max_sentences: int = Field(6, ge=2, le=12, description="Most sentences in an answer.")
    always_answer: bool = Field(
        False,
        description="Answer even where the evidence does not seem to hold the answer: only for "
        "measuring the gate alone.",
    )


class LLMSettings(_Group):
    """A language model that words answers. Whatever it says is checked before it is released."""

    provider: str = Field(
        "none",
        description="none, openai-like, openai, anthropic, ollama or huggingface; each but none "
        "needs an extra, which the error names. Any other LLM of llama-index: Engine.open(llm=).",
    )
    model: str = Field("", description="The model's name as its provider knows it.")
    base_url: str = Field(
        "",
        description="Its API, e.g. http://127.0.0.1:8080/v1; empty: the provider's own.",
    )
    api_key: SecretStr = Field(SecretStr(""), description="Sent to the provider; never logged.")
    timeout_s: float = Field(
        30.0,
        gt=0,
        le=600,
        description="Seconds for everything that the LLM does for one question, retries included; "
        "then the answer is extractive.",
    )
    max_output_tokens: int = Field(800, ge=50, le=8000, description="Tokens of one LLM reply.")
    max_prompt_tokens: int = Field(
        6000,
        ge=1000,
        le=200_000,
        description="Tokens of one prompt, estimated; evidence that does not fit is left out.",
    )
    max_retries: int = Field(
        2, ge=0, le=10, description="New tries after a timeout, 429 or 5xx, while time is left."
    )
    breaker_failures: int = Field(
        5, ge=1, description="Questions in a row without the LLM before it is left alone."
    )
    breaker_cooldown_s: float = Field(
        30.0,
        gt=0,
        description="Seconds that it is then left alone; one question tries again.",
    )
    rewrite: bool = Field(
        True, description="Send sentences that the sources do not support back once, with reasons."
    )
    redact: Literal["remote", "always", "never"] = Field(
        "remote",
        description="Replace names, addresses, phone numbers, e-mail addresses and identifiers "
        "before the LLM sees them: unless it runs on this machine's loopback address, always, or "
        "never.",
    )
    redact_with: Literal["rules", "presidio"] = Field(
        "rules", description="What finds them: the rules, or the rules and presidio (extra: pii)."
    )

    @property
    def configured(self) -> bool:
        """Whether a provider is named."""
        return self.provider != "none"


class VerifierSettings(_Group):
    """Which model judges a sentence where no certain check decides."""

    model: str = Field(
        "default",
        description="'default' is the shipped groundedness model, 'lexical' word overlap alone, "
        "'llm' asks the LLM of RAG_LLM__...; "
        "anything else is a name or folder of a cross-encoder or NLI model for "
        "sentence-transformers (extra: models).",
    )
    threads: int = Field(2, ge=1, le=64, description="CPU threads for the model.")
    threshold: float = Field(
        0.5, gt=0, lt=1, description="Support from which a named model's verdict is 'supported'."
    )
    doubtful: float = Field(
        0.25, ge=0, lt=1, description="Support below which a named model's is 'not supported'."
    )


class ServiceSettings(_Group):
    """The REST service."""

    host: str = Field(
        "127.0.0.1", description="Address to listen on. Loopback unless told otherwise."
    )
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on.")
    allowed_hosts: tuple[str, ...] = Field(
        (),
        description='Names that people reach the service by, such as ["guide.example.org"]. '
        "`host`, localhost and bare IP addresses always count.",
    )
    max_body_kib: int = Field(256, ge=1, description="A larger request body is answered with 413.")
    max_crisis_body_kib: int = Field(
        2048,
        ge=1,
        description="A question of up to this size is looked at for a crisis before the 413.",
    )
    request_timeout_s: float = Field(
        10.0, gt=0, description="A slower request is answered with 504."
    )
    build_root: Path | None = Field(
        None,
        description="The only folder that POST /v1/indexes may build from. Unset: none.",
    )


class Settings(BaseSettings):
    """All settings. `Settings()` reads the environment; unknown keys are errors."""

    model_config = SettingsConfigDict(
        env_prefix="RAG_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    index_dir: Path = Field(Path("indexes"), description="Folder that holds versions/ and CURRENT.")
    fetched_dir: Path = Field(Path("fetched"), description="Folder that `rag corpus fetch` fills.")
    max_question_chars: int = Field(
        4000, ge=100, description="A longer question is refused with advice."
    )
    keep_versions: int = Field(3, ge=2, description="Versions that `rag index prune` keeps.")
    ingest: IngestSettings = Field(default_factory=IngestSettings)
    encoder: EncoderSettings = Field(default_factory=EncoderSettings)
    retrieval: RetrievalSettings = Field(default_factory=RetrievalSettings)
    graph: GraphSettings = Field(default_factory=GraphSettings)
    compose: ComposeSettings = Field(default_factory=ComposeSettings)
    llm: LLMSettings = Field(default_factory=LLMSettings)

    verifier: VerifierSettings = Field(default_factory=VerifierSettings)
    service: ServiceSettings = Field(default_factory=ServiceSettings)
