package io.ferrite.conformance;

import java.util.ArrayList;
import java.util.List;

/** String commands that came after the reference's version; what followers are told is older. */
final class NewerStringGroup implements CommandGroup {

    @Override
    public List<String> next(Draw draw) {
        String key = draw.key();
        return switch (draw.below(5)) {
            case 0 -> List.of("SET", key, draw.value(), condition(draw), draw.value());
            case 1 -> List.of("DELEX", key, condition(draw), draw.value());
            case 2 -> List.of("DELIFEQ", key, draw.value());
            case 3 -> msetex(draw);
            default -> increx(draw, key);
        };
    }

    private static String condition(Draw draw) {
        return draw.oneOf("IFEQ", "IFNE", "IFDNE", "IFDEQ");
    }

    private static List<String> msetex(Draw draw) {
        int keys = 1 + draw.below(3);
        List<String> command = new ArrayList<>(List.of("MSETEX", Integer.toString(keys)));
        for (int i = 0; i < keys; i++) {
            command.add(draw.key());
            command.add(draw.value());
        }
        switch (draw.below(5)) {
            case 0 -> command.addAll(List.of("EX", draw.seconds()));
            case 1 -> command.addAll(List.of("PXAT", draw.atMilliseconds()));
            case 2 -> command.add("KEEPTTL");
            case 3 -> command.add(draw.oneOf("NX", "XX"));
            default -> {}
        }
        return command;
    }

    private static List<String> increx(Draw draw, String key) {
        List<String> command = new ArrayList<>(List.of("INCREX", key));
        boolean real = draw.oneIn(3);
        if (real || draw.oneIn(2)) {
            command.add(real ? "BYFLOAT" : "BYINT");
            command.add(real ? draw.real() : draw.integer());
        }
        if (draw.oneIn(3)) {
            command.addAll(List.of("UBOUND", draw.integer()));
        }
        if (draw.oneIn(3)) {
            command.addAll(List.of("LBOUND", draw.integer()));
        }
        if (draw.oneIn(3)) {
            command.add("SATURATE");
        }
        switch (draw.below(4)) {
            case 0 -> command.addAll(List.of("EX", draw.seconds()));
            case 1 -> command.addAll(List.of("EX", draw.seconds(), "ENX"));
            case 2 -> command.add("PERSIST");
            default -> {}
        }
        return command;
    }
}
