package io.ferrite.coordination.sentinel;

import java.util.List;

/** An answer of another server, as far as Sentinel looks at answers. Text is ISO 8859-1. */
public sealed interface Reply {

    record Status(String text) implements Reply {}

    record Failure(String text) implements Reply {}

    record Text(String text) implements Reply {}

    record Number(long value) implements Reply {}

    record Many(List<Reply> items) implements Reply {}

    /** Nothing, or something that Sentinel never asks for. */
    record Nothing() implements Reply {}
}
