"""Plumbline inside other people's frameworks. One package a framework, loaded only when used."""
