"""What platform administrators do: prove who they are, look after organizations, stand in a client's shoes.

They reach data through the definer functions that app.must_administer guards, or through a session of support that
the policies know; never through a right of their own on a tenant's table."""
