-- Version 10: vectors in half precision.
UPDATE chunks SET
    digest = digest(id, document, start, end, heading, sentences, text, halved(vector)),
    vector = halved(vector)
    WHERE digest = digest(id, document, start, end, CAST(heading AS BLOB), sentences, CAST(text AS BLOB), vector);
