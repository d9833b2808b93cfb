package io.ferrite.node.info;

import io.ferrite.node.Node;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The text of INFO. */
public final class InfoReport {

    private InfoReport() {}

    /**
     * The sections that these lower-case words choose; none, {@code default}, {@code all} and
     * {@code everything} are understood, unknown words choose nothing.
     */
    public static String of(Node node, List<String> words) {
        Set<Section> chosen = EnumSet.noneOf(Section.class);
        for (String word : words.isEmpty() ? List.of("default") : words) {
            for (Section section : Section.values()) {
                boolean named =
                        switch (word) {
                            case "default" -> section.isUsual();
                            case "all" -> section != Section.MODULES && section != Section.DEBUG;
                            case "everything" -> section != Section.DEBUG;
                            default -> section.word().equals(word);
                        };
                if (named) {
                    chosen.add(section);
                }
            }
        }
        StringBuilder text = new StringBuilder(4096);
        for (Section section : chosen) {
            if (!section.hasContent(node)) {
                continue;
            }
            if (!text.isEmpty()) {
                text.append("\r\n");
            }
            text.append("# ").append(section.title()).append("\r\n");
            section.write(node, new InfoText(text));
        }
        return text.toString();
    }
}
