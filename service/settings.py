"""Every setting of the product, in one frozen object.

Each is read from the environment with the prefix ``BREVE_``; ``docs/settings.md`` is
generated from the descriptions here and a test keeps it so.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The configuration of one process; made once and passed on."""

    model_config = SettingsConfigDict(env_prefix="BREVE_", frozen=True, extra="ignore")

    home: Path = Field(
        default_factory=lambda: user_cache_path("breve"),
        description="Folder of the prepared weights and, unless set apart, of the cache.",
    )
    profile: Literal["embedded", "hub"] = Field(
        default="embedded", description="Which catalogue of models serves: the embedded one, or published ones."
    )
    engine: Literal["default", "transformers"] = Field(
        default="default", description="The runtime: the profile's own, or the slow reference in PyTorch."
    )
    hub_summariser: str = Field(
        default="moussaKam/barthez-orangesum-abstract",
        description="Hub profile: model id, or a local folder, of the summariser.",
    )
    hub_translator: str = Field(
        default="Helsinki-NLP/opus-mt-tc-big-fr-en",
        description="Hub profile: model id, or a local folder, of the translator.",
    )
    grounding: float = Field(
        default=0.9,
        ge=0,
        le=1,
        description="Share of a written sentence's words that one sentence which the model read must have; 0: none.",
    )
    threads: int = Field(default=0, ge=0, description="Threads of the model runtime; 0 means one per core.")
    host: str = Field(default="127.0.0.1", description="Address that the server listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port that the server listens on; 0 takes a free one.")
    max_bytes: int = Field(default=2 * 1024 * 1024, ge=1024, description="Largest request body, in bytes.")
    max_queue: int = Field(
        default=64, ge=1, description="Articles that may wait besides the one being written; more get 429."
    )
    timeout: float = Field(default=60.0, gt=0, description="Seconds that one request may take before it ends with 504.")
    concurrency: int = Field(default=3, ge=1, description="Articles worked on at once; further ones wait in the queue.")
    batch_tokens: int = Field(
        default=2048, ge=64, description="Tokens, padding counted, at which the worker closes a batch."
    )
    batch_wait_ms: float = Field(
        default=5.0, ge=0, description="Milliseconds that the worker waits for more work before it closes a batch."
    )
    cache_path: Path | None = Field(
        default=None, description="SQLite file of the cache; by default cache.sqlite in BREVE_HOME."
    )
    cache_max_bytes: int = Field(
        default=1024**3, ge=0, description="Size at which the least recently used cache entries go; 0 turns it off."
    )
    cache_ttl: float = Field(
        default=30 * 86400.0, ge=0, description="Seconds that a cache entry stays valid; 0 means for ever."
    )
    redis_url: SecretStr | None = Field(
        default=None, description="Redis where replicas share cache, jobs and keys' rates; its password is never shown."
    )
    keys_path: Path | None = Field(
        default=None, description="File of hashed API keys; by default keys.json in BREVE_HOME."
    )
    open: bool = Field(default=False, description="Serve a public address without keys.")
    rate_limit: str = Field(
        default="600000/hour", description="Characters of article that one key may send, as number/period."
    )
    max_json_depth: int = Field(default=16, ge=4, description="Deepest nesting of a JSON body.")
    cors_origins: tuple[str, ...] = Field(
        default=(), description="Origins that browsers may call from; none by default."
    )
    trusted_proxies: str = Field(
        default="", description="Addresses whose X-Forwarded-For is believed, separated by commas; none by default."
    )
    metrics: bool = Field(default=True, description="Whether /metrics answers.")
    docs: bool = Field(default=True, description="Whether /docs and /openapi.json answer.")
    language_threshold: float = Field(
        default=0.6, ge=0, le=1, description="Confidence below which an article's language counts as unknown."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe log line."
    )
    log_text: bool = Field(default=False, description="Whether logs may hold the text of articles.")
    seeds: Path | None = Field(
        default=None, description="Folder of sample articles that the web page offers; by default the ones of Brève."
    )
    job_ttl: float = Field(
        default=3600.0, gt=0, description="Seconds that a job may take, and that it can be read once it ended."
    )

    @property
    def cache_file(self) -> Path:
        """Where the cache lies."""
        return self.cache_path or self.home / "cache.sqlite"

    @property
    def jobs_file(self) -> Path:
        """Where jobs are kept across a restart: beside the cache."""
        return self.cache_file.with_name("jobs.sqlite")

    @property
    def seeds_folder(self) -> Path | None:
        """Where the sample articles lie; ``None`` where Brève was installed without its own."""
        if self.seeds is not None:
            return self.seeds
        own = Path(__file__).resolve().parents[1] / "seeds"
        return own if own.is_dir() else None

    @property
    def keys_file(self) -> Path:
        """Where the hashed keys lie."""
        return self.keys_path or self.home / "keys.json"
