package io.ferrite.node.command;

import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.HeapBudget;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Arguments as strings whose characters are bytes. */
final class Arguments {

    private Arguments() {}

    static String text(ExecutionUnit unit, int i) {
        HeapBudget.requireText(unit.arg(i).length());
        return new String(unit.arg(i).toBytes(), StandardCharsets.ISO_8859_1);
    }

    static List<String> texts(ExecutionUnit unit, int first) {
        unit.requireNames(first);
        List<String> texts = new ArrayList<>();
        for (int i = first; i < unit.argc(); i++) {
            texts.add(text(unit, i));
        }
        return texts;
    }
}
