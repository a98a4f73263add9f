DROP TABLE try_values;
DROP TABLE tries;
