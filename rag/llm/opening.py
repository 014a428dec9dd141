"""Opens the LLM that the settings name. llama-index is imported here, when it is needed."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rag.errors import MissingExtraError, SettingsError
from rag.settings import LLMSettings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

# Tokens that a model is taken to read at once; the prompt has a budget of its own.
_CONTEXT_TOKENS = 32_768


def open_llm(settings: LLMSettings) -> LLM:
    """The LLM of `settings.provider`, at temperature 0. Nothing is sent yet.

    Raises:
        SettingsError: an unknown provider, or one that lacks its model or base URL.
        MissingExtraError: the provider's extra is not installed; names the command.
    """
    make = _PROVIDERS.get(settings.provider)
    if make is None:
        there = "; ".join(
            f"{name} (pip install 'plumbline[{extra}]')" for name, (extra, _) in _PROVIDERS.items()
        )
        raise SettingsError(
            f"RAG_LLM__PROVIDER: {settings.provider!r} is not known. Known are none; {there}. "
            "Any other LLM of llama-index goes into Engine.open(llm=...)"
        )
    extra, build = make
    if not settings.model:
        raise SettingsError(f"RAG_LLM__MODEL is empty: name a model of {settings.provider}")
    try:
        return build(settings)
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"RAG_LLM__PROVIDER={settings.provider} needs {error.name}, which is not installed: "
            f"pip install 'plumbline[{extra}]'"
        ) from error


def is_local(llm: LLM, base_url: str = "") -> bool:
    """Whether what the LLM is sent stays on this machine, as far as can be told.

    It does when its address is a loopback one, or when it runs inside this process.
    """
    from llama_index.core.llms import CustomLLM

    addresses = [base_url, *(getattr(llm, name, None) for name in ("api_base", "base_url"))]
    urls = [url for url in addresses if isinstance(url, str) and url]
    if urls:
        return all(map(_is_loopback, urls))
    return isinstance(llm, CustomLLM)


def _is_loopback(url: str) -> bool:
    host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False  # a name: it may lead anywhere


def _made(module: str, name: str, **options: Any) -> LLM:
    given = {key: value for key, value in options.items() if value not in (None, "")}
    llm: LLM = getattr(import_module(module), name)(**given)
    return llm


def _openai_like(settings: LLMSettings) -> LLM:
    if not settings.base_url:
        raise SettingsError("RAG_LLM__BASE_URL is empty: say where the OpenAI-compatible API is")
    return _made(
        "llama_index.llms.openai_like",
        "OpenAILike",
        model=settings.model,
        api_base=settings.base_url,
        # A server that asks for no key still gets one: the client sends none that is empty.
        api_key=settings.api_key.get_secret_value() or "none",
        is_chat_model=True,
        context_window=_CONTEXT_TOKENS,
        temperature=0.0,
        max_tokens=settings.max_output_tokens,
        timeout=settings.timeout_s,
        max_retries=0,  # ours wait with jitter and know the deadline
    )


def _openai(settings: LLMSettings) -> LLM:
    return _made(
        "llama_index.llms.openai",
        "OpenAI",
        model=settings.model,
        api_base=settings.base_url,
        api_key=settings.api_key.get_secret_value(),
        temperature=0.0,
        max_tokens=settings.max_output_tokens,
        timeout=settings.timeout_s,
        max_retries=0,
    )


def _anthropic(settings: LLMSettings) -> LLM:
    return _made(
        "llama_index.llms.anthropic",
        "Anthropic",
        model=settings.model,
        base_url=settings.base_url,
        api_key=settings.api_key.get_secret_value(),
        temperature=0.0,
        max_tokens=settings.max_output_tokens,
        timeout=settings.timeout_s,
        max_retries=0,
    )


def _ollama(settings: LLMSettings) -> LLM:
    return _made(
        "llama_index.llms.ollama",
        "Ollama",
        model=settings.model,
        base_url=settings.base_url,
        temperature=0.0,
        request_timeout=settings.timeout_s,
        additional_kwargs={"num_predict": settings.max_output_tokens},
    )


def _huggingface(settings: LLMSettings) -> LLM:
    return _made(
        "llama_index.llms.huggingface",
        "HuggingFaceLLM",
        model_name=settings.model,
        tokenizer_name=settings.model,
        max_new_tokens=settings.max_output_tokens,
        generate_kwargs={"do_sample": False},
    )


# Provider -> (extra, what opens it).
_PROVIDERS: dict[str, tuple[str, Callable[[LLMSettings], LLM]]] = {
    "openai-like": ("llm", _openai_like),
    "openai": ("llm", _openai),
    "anthropic": ("anthropic", _anthropic),
    "ollama": ("ollama", _ollama),
    "huggingface": ("huggingface", _huggingface),
}
