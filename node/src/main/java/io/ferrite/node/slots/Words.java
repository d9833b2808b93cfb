package io.ferrite.node.slots;

import io.ferrite.coordination.cluster.SlotSet;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Commands that nodes give each other, as bytes. */
final class Words {

    private Words() {}

    static byte[] command(List<String> words) {
        StringBuilder text = new StringBuilder("*" + words.size() + "\r\n");
        for (String word : words) {
            text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The words, and the ranges of the slots after them. */
    static List<String> withRanges(List<String> head, SlotSet slots) {
        List<String> words = new ArrayList<>(head);
        slots.forEachRange((first, last) -> {
            words.add(Integer.toString(first));
            words.add(Integer.toString(last));
        });
        return words;
    }
}
