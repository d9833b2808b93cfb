package io.ferrite.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SourceFileTest {

    @Test
    void theProject_isFoundWhateverItsFolderIsCalled() {
        assertThat(Project.java())
                .extracting(SourceFile::path)
                .contains("tidy/src/test/java/io/ferrite/tidy/SourceFileTest.java")
                .hasSizeGreaterThan(100);
    }

    @Test
    void commentsAndLiterals_areSpaces_andEverythingElseStaysWhereItWas() {
        String text = "int a = '\"'; // \"b\"\nString c = \"/* no \\\" */\"; /* d\n e */ int f;\n";
        assertThat(new SourceFile("m/src/A.java", text).code())
                .isEqualTo("int a = ' ';       \nString c = \"           \";     \n      int f;\n");
    }

    @Test
    void textBlock_isALiteral() {
        String text = "var a = \"\"\"\n  if (x) { \" }\n  \"\"\"; int b;";
        assertThat(new SourceFile("m/src/A.java", text).code())
                .isEqualTo("var a = \"\"\"\n              \n  \"\"\"; int b;");
    }

    @Test
    void methods_areToldFromOtherBraces() {
        String text =
                """
                final class A {
                    record B(int x) {}
                    A(int x) throws C, D {
                        for (int i = f(x); i < 3; i = next(i)) {
                            run(() -> {
                            });
                        }
                    }
                    @Override
                    public <T extends E> T g(
                            T a) {
                        return new F(a) {
                            void h() {}
                        };
                    }
                }
                """;
        assertThat(new SourceFile("m/src/A.java", text).methods())
                .containsExactly(
                        new SourceFile.Method("A", 3, 8),
                        new SourceFile.Method("h", 13, 13),
                        new SourceFile.Method("g", 10, 15));
    }
}
